package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.volume.Conv3d;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A three-dimensional convolution as a two-dimensional one. For each output slice, the input slices
 * at the kernel's depths are copied next to each other, as channels of one image; {@link DepthTaps}
 * copies a few images at a time, which remain in the cache. A kernel of depth 1, or of height and
 * width 1, is a two-dimensional convolution of the values as they lie ({@link Flat}).
 */
final class Conv3dOp extends UnaryOp {
  static final LayerPlan<Conv3d> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Conv3d conv, List<Value> inputs, Shape out) {
          return Conv3dOp.lower(b, chain, conv, inputs, out);
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean backward) {
          return backward // the backward pass reads the convolution's output
              ? List.of()
              : List.of(
                  Set.of(BatchNorm2d.class), Set.of(Add.class), Set.of(Relu.class, Relu6.class));
        }

        @Override
        public void pack(Packer p, Conv3d conv) {
          Flat flat = Flat.of(conv, p.in);
          Conv2dKernel kernel = kernel(p.descriptor(), conv, p.in, p.products, p.training, flat, 1);
          p.weights.implementation =
              Conv2dTuning.choose(kernel, p.passes(Pass.FORWARD, Pass.BACKWARD_DATA));
          p.implementation(kernel.chosenName(Pass.FORWARD));
          if (flat != null) {
            p.pack(kernel);
          } else {
            Shape weight = conv.weightShape(p.in.dim(0));
            p.packOrdered(kernel, weight.elements(), DepthTaps.toTaps(weight));
          }
        }
      };

  private final Conv2dKernel kernel;
  private final DepthTaps taps;
  private final LayerWeights weights;
  private final PostOps post;

  /** The number of output slices of a sample, and the most that one call computes. */
  private final long slices;

  private final long most;
  private final long outBytes;
  private final Slot imageSlot;
  private final Slot workSlot;
  private Slot gradSlot;
  private Slot backImageSlot;
  private Slot backWorkSlot;
  private Slot tapSlot;
  private long batch;
  private OffHeap memory;

  private Conv3dOp(
      Builder b,
      Conv2dKernel kernel,
      DepthTaps taps,
      Value in,
      Value out,
      String node,
      PostOps post) {
    super(in, out);
    this.kernel = kernel;
    this.taps = taps;
    this.post = post;
    batch = b.batch;
    weights = b.weightsOf(node);
    slices = out.shape().dim(1);
    most = kernel.batch();
    outBytes = Float.BYTES * (out.shape().elements() / slices);
    imageSlot = b.forwardWorkspace(most * taps.imageBytes());
    workSlot = b.forwardSlot(kernel.workspaceBytes());
    if (b.backward()) {
      // the gradients of one call and of all calls before
      gradSlot = b.backwardSlot(2 * Float.BYTES * (taps.weights() + out.shape().dim(0)));
      backImageSlot = b.backwardSlot(most * taps.imageBytes());
      backWorkSlot = b.backwardSlot(kernel.workspaceBytes());
      tapSlot = b.backwardSlot(taps.tapBytes());
    }
  }

  /**
   * Creates the kernel.
   *
   * @param flat the two-dimensional form; null if the depth's taps are copied
   * @param images the number of images of one call
   */
  private static Conv2dKernel kernel(
      Pointer at,
      Conv3d conv,
      Shape in,
      Conv2dPrecision products,
      boolean training,
      Flat flat,
      long images) {
    Window window =
        flat != null
            ? flat.window()
            : new Window(
                conv.kernel().plane(),
                conv.stride().plane(),
                conv.padding().plane(),
                conv.dilation().plane());
    Shape image = flat != null ? flat.image() : DepthTaps.image(conv, in);
    return new Conv2dKernel(
        at, images, image, conv.outChannels(), window, conv.groups(), products, training);
  }

  private static Value lower(Builder b, Chain chain, Conv3d conv, List<Value> inputs, Shape out) {
    Value in = inputs.get(0);
    String node = chain.headName();
    Flat flat = Flat.of(conv, in.shape());
    long images =
        flat != null ? b.batch * flat.images() : DepthTaps.images(conv, in.shape(), out, b.batch);
    Conv2dKernel kernel =
        kernel(b.descriptor(), conv, in.shape(), b.products, b.packedForTraining(), flat, images);
    LayerWeights of = b.weightsOf(node);
    if (of != null) {
      kernel.implementation(of.implementation);
    }
    if (flat != null) {
      return Conv2dOp.add(b, chain, kernel, flat.images(), in, inputs, out);
    }
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    if (!b.frozen.layer(node)) {
      b.keepForBackward(in);
    }
    PostOps post = PostOps.of(b, chain, of, inputs, to);
    DepthTaps taps = new DepthTaps(b.descriptor(), conv, in.shape(), out);
    b.ops.add(new Conv3dOp(b, kernel, taps, in, to, node, post));
    return to;
  }

  /**
   * A convolution whose values are images as they lie.
   *
   * @param image one image
   * @param images the number of images of a sample
   */
  private record Flat(Shape image, long images, Window window) {
    static Flat of(Conv3d c, Shape in) {
      if (c.kernel().depth() == 1 && c.stride().depth() == 1 && c.padding().depth() == 0) {
        Window plane =
            new Window(
                c.kernel().plane(), c.stride().plane(), c.padding().plane(), c.dilation().plane());
        return new Flat(Shape.of(in.dim(0), in.dim(2), in.dim(3)), in.dim(1), plane);
      }
      Size one = Size.of(1);
      if (c.kernel().plane().equals(one)
          && c.stride().plane().equals(one)
          && c.padding().plane().equals(Size.of(0))) {
        Window along =
            new Window(
                new Size(c.kernel().depth(), 1),
                new Size(c.stride().depth(), 1),
                new Size(c.padding().depth(), 0),
                new Size(c.dilation().depth(), 1));
        long plane = Math.multiplyExact(in.dim(2), in.dim(3));
        return new Flat(Shape.of(in.dim(0), in.dim(1), plane), 1, along);
      }
      return null;
    }
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    memory = slab;
    if (post != null) {
      post.bind(slab);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  /** A function of a part of the output slices, and the slices' gathered inputs. */
  private interface Part {
    void run(long first, long count);
  }

  private void each(Part part) {
    for (long first = 0; first < batch * slices; first += most) {
      long count = Math.min(most, batch * slices - first);
      kernel.batch(count);
      part.run(first, count);
    }
  }

  @Override
  public void forward() {
    Pointer images = memory.pointer(imageSlot.offset);
    Pointer work = memory.pointer(workSlot.offset);
    each(
        (first, count) -> {
          taps.gather(memory, in.data.offset, imageSlot.offset, first, count);
          kernel.forward(
              images,
              weights.packed,
              post == null ? weights.bias : post.bias(),
              post == null ? null : post.from(memory, first * outBytes),
              memory.pointer(out.data.offset + first * outBytes),
              work,
              workSlot.bytes);
        });
  }

  @Override
  public void gradients() {
    if (weights.weightGrad != null) {
      weightGradients();
    }
    if (diffSrc != null) {
      Pointer images = memory.pointer(backImageSlot.offset);
      Pointer work = memory.pointer(backWorkSlot.offset);
      Pointer.memset(diffSrc, 0, in.type.bytes(batch));
      each(
          (first, count) -> {
            kernel.backwardData(diff(first), weights.packed, images, work, backWorkSlot.bytes);
            taps.scatter(
                memory, backImageSlot.offset, in.diff.offset, tapSlot.offset, first, count);
          });
    }
  }

  private Pointer diff(long first) {
    return memory.pointer(out.diff.offset + first * outBytes);
  }

  private void weightGradients() {
    long bias = weights.biasGrad == null ? 0 : out.shape().dim(0);
    long all = taps.weights() + bias;
    FloatPointer sum = memory.floats(gradSlot.offset);
    FloatPointer next = memory.floats(gradSlot.offset + Float.BYTES * all);
    each(
        (first, count) -> {
          taps.gather(memory, in.data.offset, backImageSlot.offset, first, count);
          long at = gradSlot.offset + (first == 0 ? 0 : Float.BYTES * all);
          kernel.backwardWeights(
              memory.pointer(backImageSlot.offset),
              diff(first),
              memory.floats(at),
              bias == 0 ? null : memory.floats(at + Float.BYTES * taps.weights()),
              memory.pointer(backWorkSlot.offset),
              backWorkSlot.bytes);
          if (first > 0) {
            AddKernel.forward(all, sum, next, sum);
          }
        });
    taps.order().backward(sum, weights.weightGrad);
    if (bias > 0) {
      new StridedCopyKernel(new long[] {bias}, new long[] {1}, new long[] {1})
          .forward(
              memory.pointer(gradSlot.offset + Float.BYTES * taps.weights()), weights.biasGrad);
    }
  }
}

package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dTuning;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.kernel.conv.Conv3dKernel;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.Layer;
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
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/**
 * A three-dimensional convolution. A kernel of depth 1, or of height and width 1, is a
 * two-dimensional convolution of the values as they lie ({@link Flat}), which {@link Conv2dOp}
 * runs.
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
          return Conv2dOp.PLAN.followers(backward);
        }

        @Override
        public void pack(Packer p, Conv3d conv) {
          Flat flat = Flat.of(conv, p.in);
          Conv3dKernel whole = flat == null ? kernel(p, conv) : null;
          Conv2dKernel kernel = flat == null ? whole.images() : flat.kernel(p, conv);
          p.weights.implementation =
              Conv2dTuning.choose(kernel, p.passes(Pass.FORWARD, Pass.BACKWARD_DATA));
          p.implementation(kernel.chosenName(Pass.FORWARD));
          p.pack(flat == null ? whole : kernel);
        }
      };

  private final Conv3dKernel kernel;
  private final LayerWeights weights;
  private final PostOps post;
  private final Slot forwardSpace;
  private final Slot backwardSpace;
  private Conv3dKernel.Addends posts;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private Conv3dOp(
      Builder b, Conv3dKernel kernel, Value in, Value out, LayerWeights weights, PostOps post) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
    this.post = post;
    forwardSpace = b.forwardWorkspace(kernel.forwardBytes());
    backwardSpace = b.backward() ? b.backwardSlot(kernel.backwardBytes()) : null;
  }

  private static Window3d window(Conv3d c) {
    return new Window3d(c.kernel(), c.stride(), c.padding(), c.dilation());
  }

  private static Conv3dKernel kernel(Packer p, Conv3d c) {
    Shape out = c.outputShape(p.in);
    return new Conv3dKernel(
        p.descriptor(),
        p.descriptor(),
        1,
        p.in,
        out,
        window(c),
        c.groups(),
        p.products,
        p.training);
  }

  private static Value lower(Builder b, Chain chain, Conv3d conv, List<Value> inputs, Shape out) {
    Value in = inputs.get(0);
    String node = chain.headName();
    LayerWeights weights = b.weightsOf(node);
    Flat flat = Flat.of(conv, in.shape());
    if (flat != null) {
      Conv2dKernel kernel = flat.kernel(b, conv);
      if (weights != null) {
        kernel.implementation(weights.implementation);
      }
      return Conv2dOp.add(b, chain, kernel, flat.images(), in, inputs, out);
    }
    Conv3dKernel kernel =
        new Conv3dKernel(
            b.descriptor(),
            b.descriptor(),
            b.batch,
            in.shape(),
            out,
            window(conv),
            conv.groups(),
            b.products,
            b.packedForTraining());
    if (weights != null) {
      kernel.images().implementation(weights.implementation);
    }
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    if (!b.frozen.layer(node)) {
      b.keepForBackward(in);
    }
    PostOps post = PostOps.of(b, chain, weights, inputs, to);
    b.ops.add(new Conv3dOp(b, kernel, in, to, weights, post));
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
      Window3d w = Conv3dOp.window(c);
      if (w.isPlane()) {
        Shape slice = Shape.of(in.dim(0), in.dim(2), in.dim(3));
        return new Flat(slice, in.dim(1), w.plane());
      }
      if (w.isColumn()) {
        long positions = Math.multiplyExact(in.dim(2), in.dim(3));
        return new Flat(Shape.of(in.dim(0), in.dim(1), positions), 1, w.column());
      }
      return null;
    }

    Conv2dKernel kernel(Packer p, Conv3d c) {
      return new Conv2dKernel(
          p.descriptor(),
          images,
          image,
          c.outChannels(),
          window,
          c.groups(),
          p.products,
          p.training);
    }

    Conv2dKernel kernel(Builder b, Conv3d c) {
      return new Conv2dKernel(
          b.descriptor(),
          b.batch * images,
          image,
          c.outChannels(),
          window,
          c.groups(),
          b.products,
          b.packedForTraining());
    }
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    backwardWorkspace = backwardSpace == null ? null : slab.pointer(backwardSpace.offset);
    if (post != null) {
      post.bind(slab);
      posts = bytes -> post.from(slab, bytes);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(
        src,
        weights.packed,
        post == null ? weights.bias : post.bias(),
        posts,
        dst,
        forwardWorkspace);
  }

  @Override
  public void gradients() {
    if (weights.weightGrad != null) {
      kernel.backwardWeights(src, diffDst, weights.weightGrad, weights.biasGrad, backwardWorkspace);
    }
    if (diffSrc != null) {
      kernel.backwardData(diffDst, weights.packed, diffSrc, backwardWorkspace);
    }
  }
}

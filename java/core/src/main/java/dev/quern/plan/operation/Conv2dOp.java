package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.CastKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.plan.build.Bf16Use;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.PlanesReader;
import dev.quern.plan.build.SavedValues;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/**
 * A convolution. The backward pass writes weight gradients directly to the block of all gradients.
 */
final class Conv2dOp extends UnaryOp implements PlanesReader {
  static final LayerPlan<Conv2d> PLAN =
      new LayerPlan<>() {
        @Override
        public boolean takesHalfWeights() {
          return true;
        }

        @Override
        public Value lower(Builder b, Chain chain, Conv2d conv, List<Value> inputs, Shape out) {
          return Conv2dOp.lower(b, chain, conv, inputs, out);
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean backward) {
          return backward // the backward pass reads the convolution's output
              ? List.of()
              : List.of(
                  Set.of(BatchNorm2d.class), Set.of(Add.class), Set.of(Relu.class, Relu6.class));
        }

        @Override
        public Bf16Use bf16(Builder b, Chain chain, Conv2d conv, Shape in) {
          if (!conv.paddings().isEven()) {
            return Bf16Use.NONE; // padding is an operation of its own, on floats
          }
          Conv2dKernel kernel = kernel(b, chain.headName(), conv, in);
          if (kernel.multipliesBf16()) {
            return Bf16Use.ANY;
          }
          return kernel.mayReadBf16() && !chain.has(Add.class) ? Bf16Use.FOLLOWS : Bf16Use.NONE;
        }

        @Override
        public boolean readsPlanes(Builder b, String node, Conv2d conv, Shape in) {
          return conv.paddings().isEven() && kernel(b, node, conv, in).planes(true).isTaken();
        }

        @Override
        public void pack(Packer p, Conv2d conv) {
          Shape in = Resize2dOp.paddedShape(conv.paddings(), p.in);
          Conv2dKernel kernel =
              kernel(p.descriptor(), conv, 1, in, p.products, p.training).weights(p.dtype());
          p.weights.implementation =
              Conv2dTuning.choose(kernel, p.passes(Pass.FORWARD, Pass.BACKWARD_DATA));
          p.implementation(kernel.chosenName(Pass.FORWARD));
          p.pack(kernel);
        }
      };

  private final Conv2dKernel kernel;
  private final LayerWeights weights;
  private final int time;
  private PostOps post;

  /** The number of images of a sample: 1, or the slices of a volume. */
  private long images = 1;

  private long batch;

  /**
   * The memory of the channels' sums for a following batch normalization; null without batch
   * normalization.
   */
  private Slot sums;

  /**
   * The memory to which the output is written. The output begins {@code targetAt} bytes after the
   * start of this memory.
   */
  private Slot target;

  private long targetAt;

  /** The memory of the input's bf16 copy; null if the backward pass reads the input itself. */
  private Slot copyOfIn;

  /** Whether the forward pass reads the copy, too. */
  private boolean readsCopy;

  /** The operation that computes the input; null unless {@link #readsCopy}. */
  private SavedValues.Writer before;

  private Pointer saved;
  private boolean restores;
  private Slot forwardSpace;
  private Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  private Conv2dOp(Conv2dKernel kernel, Value in, Value out, LayerWeights weights, int time) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
    this.time = time;
    target = out.data;
  }

  /**
   * Creates the kernel of a convolution.
   *
   * @param in the input shape, including asymmetric padding
   */
  private static Conv2dKernel kernel(
      Pointer at, Conv2d layer, long batch, Shape in, Conv2dPrecision products, boolean training) {
    Sides sides = layer.paddings();
    Size padding = sides.isEven() ? sides.begin() : Size.of(0);
    return new Conv2dKernel(
        at,
        batch,
        in,
        layer.outChannels(),
        new Window(layer.kernel(), layer.stride(), padding, layer.dilation()),
        layer.groups(),
        products,
        training);
  }

  /** Creates the kernel, with the implementation for which the weights were packed. */
  private static Conv2dKernel kernel(Builder b, String node, Conv2d conv, Shape in) {
    Conv2dKernel kernel =
        kernel(b.descriptor(), conv, b.batch, in, b.products, b.packedForTraining())
            .weights(b.dtype(node));
    LayerWeights of = b.weightsOf(node);
    return of == null ? kernel : kernel.implementation(of.implementation);
  }

  private static Value lower(Builder b, Chain chain, Conv2d conv, List<Value> inputs, Shape out) {
    Value in = Resize2dOp.padded(b, conv.paddings(), inputs.get(0));
    boolean planes = b.inputPlanes && in == b.input();
    Conv2dKernel kernel = kernel(b, chain.headName(), conv, in.shape()).planes(planes);
    return add(b, chain, kernel, 1, in, inputs, out);
  }

  /**
   * Adds a convolution to the builder.
   *
   * @param images the number of images of a sample
   * @param in the first input, padded
   * @param inputs the inputs of the chain
   */
  static Value add(
      Builder b,
      Chain chain,
      Conv2dKernel kernel,
      long images,
      Value in,
      List<Value> inputs,
      Shape out) {
    ElementType element = b.element().isBf16() ? ElementType.BF16 : ElementType.F32;
    kernel.values(in.type.element().isBf16(), element.isBf16());
    TensorType type = b.outType(out).of(element);
    boolean inPlace =
        images == 1 && kernel.addsInPlace() && PostOps.addsLast(b, chain, inputs, type);
    Value to = inPlace ? inputs.get(1) : b.trainable(in, type);
    in.data.at(b.forwardTime());
    b.touchDiffs(in, to);
    LayerWeights weights = b.weightsOf(chain.headName());
    Conv2dOp op = of(b, kernel, in, to, weights);
    op.images = images;
    if (!b.frozen.layer(chain.headName()) && !op.readsCopyAlone(b, chain.inputs().get(0))) {
      op.saveInput(b);
    }
    if (b.inputPlanes && in == b.input()) {
      b.planesReader = op;
    }
    op.post = PostOps.of(b, chain, weights, inputs, to);
    b.ops.add(op);
    if (b.training ? op.post == null : !chain.has(Add.class)) {
      b.convolutions.put(chain.name(), op);
    }
    return to;
  }

  /** Creates an operation without post-operations; the caller adds it to the plan. */
  static Conv2dOp of(Builder b, Conv2dKernel kernel, Value in, Value to, LayerWeights weights) {
    long bytes = kernel.workspaceBytes();
    Conv2dOp op =
        new Conv2dOp(kernel, in, to, weights, b.forwardTime())
            .workspaces(b.forwardWorkspace(bytes), b.backwardSlot(bytes));
    op.batch = b.batch;
    return op;
  }

  /** Returns the convolution whose output has this name; null if there is none. */
  static Conv2dOp of(Builder b, String name) {
    return (Conv2dOp) b.convolutions.get(name);
  }

  /**
   * Makes a training plan's forward pass compute the sum and the sum of squares of each output
   * channel while the output is in cache. The sums are kept for the whole step, because batch
   * normalization may be recomputed in the backward pass.
   *
   * @return the memory of the sums
   */
  Slot leaveSums(Builder b) {
    if (sums == null) {
      long doubles = kernel.pieceSums();
      sums = b.slab.slot(2 * Double.BYTES * out.channels()).at(0).at(b.endTime());
      post = PostOps.leaving(sums, b.slab.slot(Double.BYTES * doubles).at(time), b, weights);
    }
    return sums;
  }

  /**
   * Makes an inference plan's convolution write directly into the result of a concatenation.
   *
   * @param larger the result of the concatenation, with more channels per pixel
   * @param channel index in {@code larger} of the output's first channel
   */
  void writeInto(Builder b, Value larger, long channel) {
    target = larger.data.at(time);
    targetAt = Float.BYTES * channel;
    out.data.bytes = 0;
    kernel.dstPitch(larger.channels());
    b.slab.grow(forwardSpace, kernel.workspaceBytes());
  }

  /**
   * Makes both passes read the input in bf16, where no other operation reads it; returns false
   * otherwise.
   */
  private boolean readsCopyAlone(Builder b, String input) {
    if (kernel.mayReadBf16()) {
      copyOfIn = b.saved.copyAlone(in, input);
      readsCopy = copyOfIn != null;
    }
    if (readsCopy) {
      kernel.readsBf16();
      before = b.saved.writerOf(in);
      if (kernel.multipliesBf16()) {
        roundGradientOfInput();
      }
    }
    return readsCopy;
  }

  /**
   * Makes the backward pass read the output's gradient in bf16; returns false if it cannot. For the
   * only operation that writes the gradient.
   */
  boolean readsBf16Gradient() {
    if (out.diff == null || !kernel.mayReadBf16()) {
      return false;
    }
    kernel.readsBf16Gradient();
    out.diff.bytes /= 2;
    if (readsCopy && !kernel.multipliesBf16()) {
      roundGradientOfInput(); // depthwise: only from a gradient in bf16
    }
    return true;
  }

  /** Makes the backward pass write the input's gradient in bf16 if its only reader supports it. */
  private void roundGradientOfInput() {
    if (in.diff != null && before.readBf16Gradient()) {
      kernel.writesBf16Gradient();
    }
  }

  /**
   * Keeps the input for the gradient of the weights. A kernel that reads floats finds them in the
   * memory of the input's gradient, which is computed afterwards.
   */
  void saveInput(Builder b) {
    boolean reads = kernel.mayReadBf16();
    if (!reads && in.diff == null) {
      b.keepForBackward(in);
      return;
    }
    copyOfIn = b.saved.copy(in, false);
    if (copyOfIn != null && reads) {
      kernel.savesBf16();
    }
    restores = copyOfIn != null && !reads;
  }

  private Conv2dOp workspaces(Slot forward, Slot backwardOrNull) {
    forwardSpace = forward;
    backwardSpace = backwardOrNull;
    return this;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    dst = slab.pointer(target.offset + targetAt);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (post != null) {
      post.bind(slab);
    }
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
    saved = copyOfIn == null ? null : slab.pointer(copyOfIn.offset);
    if (readsCopy) {
      src = saved;
    }
  }

  @Override
  public void readFrom(Pointer input) {
    src = input;
  }

  @Override
  public void batch(int n) {
    batch = n;
    kernel.batch(n * images);
  }

  @Override
  public void forward() {
    kernel.forward(
        src,
        weights.packed,
        post == null ? weights.bias : post.bias(),
        post == null ? null : post.now(),
        dst,
        forwardWorkspace,
        forwardSpace.bytes);
  }

  @Override
  public void gradients() {
    if (weights.weightGrad != null) {
      if (restores) {
        CastKernel.fromBf16(in.type.bytes(batch) / Float.BYTES, saved, diffSrc);
      }
      kernel.backwardWeights(
          restores ? diffSrc : saved == null ? src : saved,
          diffDst,
          weights.weightGrad,
          weights.biasGrad,
          backwardWorkspace,
          backwardSpace.bytes);
    }
    if (diffSrc != null) {
      kernel.backwardData(diffDst, weights.packed, diffSrc, backwardWorkspace, backwardSpace.bytes);
    }
  }
}

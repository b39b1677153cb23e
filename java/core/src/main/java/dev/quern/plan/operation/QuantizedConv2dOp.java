package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.BatchNorm2dKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPostOps;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.plan.build.ActivationOp;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.LayerPlans;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.QuantizeOp;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * An int8 convolution or fully connected layer; the fully connected layer is computed as a
 * convolution over all pixels, or over each token of a sequence. Integer sums are converted to
 * floats, multiplied and offset per channel; this applies scales, bias and batch normalization. If
 * the input is float, the float layer is used instead.
 */
final class QuantizedConv2dOp extends UnaryOp {
  static final LayerPlan<QuantizedConv2d> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(
            Builder b, Chain chain, QuantizedConv2d layer, List<Value> in, Shape out) {
          Conv2d conv = layer.plain();
          if (!in.get(0).type.element().isByte()) {
            return finished(b, chain, Conv2dOp.PLAN.lower(b, chain, conv, floats(b, in), out));
          }
          Conv2dKernel kernel =
              kernel(b.descriptor(), conv, b.batch, in.get(0).shape(), b.products);
          return QuantizedConv2dOp.lower(b, chain, kernel, conv.paddings(), in, b.outType(out));
        }

        @Override
        public List<Set<Class<? extends Layer>>> followers(boolean backward) {
          return backward
              ? List.of()
              : List.of(
                  Set.of(BatchNorm2d.class),
                  Set.of(Add.class),
                  Set.of(Relu.class, Relu6.class),
                  Set.of(FakeQuantize.class));
        }

        @Override
        public boolean readsBytes(Builder b) {
          return true;
        }

        @Override
        public void pack(Packer p, QuantizedConv2d layer) {
          if (p.element().isByte()) {
            Conv2dKernel kernel = kernel(p.descriptor(), layer.plain(), 1, p.in, p.products);
            QuantizedConv2dOp.pack(p, kernel, layer.plain().paddings());
          } else {
            Conv2dOp.PLAN.pack(p, layer.plain());
          }
        }
      };

  static final LayerPlan<QuantizedLinear> LINEAR_PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(
            Builder b, Chain chain, QuantizedLinear layer, List<Value> in, Shape out) {
          Value given = in.get(0);
          if (!takes(given.type.element(), given.shape())) {
            return LinearOp.PLAN.lower(b, chain, layer.plain(), floats(b, in), out);
          }
          Value from = given.shape().rank() > 1 ? inRows(b, given) : given;
          Conv2dKernel kernel = kernel(b.descriptor(), layer, b.batch, from.shape(), from.pixels());
          TensorType type = TensorType.of(out, 1);
          return b.reorder.ours(
              QuantizedConv2dOp.lower(b, chain, kernel, NONE, List.of(from), type));
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public boolean readsBytes(Builder b) {
          return true;
        }

        @Override
        public void pack(Packer p, QuantizedLinear layer) {
          if (takes(p.element(), p.in)) {
            Conv2dKernel kernel = kernel(p.descriptor(), layer, 1, p.in, p.pixels);
            QuantizedConv2dOp.pack(p, kernel, NONE);
          } else {
            LinearOp.PLAN.pack(p, layer.plain());
          }
        }
      };

  private static final Sides NONE = Sides.of(Size.of(0));

  private final Conv2dKernel kernel;
  private final LayerWeights weights;
  private final Weights owner;
  private final Conv2dPostOps post;
  private BatchNorm2dKernel norm;
  private LayerWeights normWeights;
  private Value add;
  private final int channels;
  private final Slot scales;
  private final Slot space;
  private FloatPointer scale;
  private FloatPointer shift;
  private Pointer workspace;
  private int folded;

  private QuantizedConv2dOp(Builder b, Chain chain, Conv2dKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    owner = b.weights;
    weights = b.weightsOf(chain.headName());
    post = new Conv2dPostOps(b.descriptor());
    channels = Math.toIntExact(kernel.outChannels());
    scales = b.slab.slot(2L * Float.BYTES * channels).at(0).at(b.endTime());
    space = b.forwardWorkspace(kernel.workspaceBytes());
  }

  /**
   * Returns whether a fully connected layer runs in int8: its input must be int8 and a vector, for
   * example a flattened image, or a sequence of tokens.
   */
  private static boolean takes(ElementType element, Shape in) {
    return element.isByte() && in.rank() <= 2;
  }

  private static Conv2dKernel kernel(
      Pointer at, Conv2d conv, long batch, Shape in, Conv2dPrecision products) {
    Window window = new Window(conv.kernel(), conv.stride(), conv.paddings(), conv.dilation());
    return new Conv2dKernel(
        at, batch, in, conv.outChannels(), window, conv.groups(), products, false);
  }

  /** Returns int8 tokens in C, H, W order: one row of features after the other. */
  private static Value inRows(Builder b, Value tokens) {
    return QuantizeOp.converted(b, b.reorder.theirs(tokens), tokens.type.element());
  }

  private static Conv2dKernel kernel(
      Pointer at, QuantizedLinear layer, long batch, Shape in, long pixels) {
    if (in.rank() > 1) {
      Window each = new Window(Size.of(1), Size.of(1), Size.of(0), Size.of(1));
      Shape tokens = Shape.of(in.dim(1), 1, in.dim(0));
      return new Conv2dKernel(
          at, batch, tokens, layer.channels(), each, 1, Conv2dPrecision.DEFAULT, false);
    }
    Shape image = Shape.of(in.dim(0) / pixels, 1, pixels);
    Window window =
        new Window(new Size(1, Math.toIntExact(pixels)), Size.of(1), Size.of(0), Size.of(1));
    return new Conv2dKernel(
        at, batch, image, layer.channels(), window, 1, Conv2dPrecision.DEFAULT, false);
  }

  private static void pack(Packer p, Conv2dKernel kernel, Sides padding) {
    kernel.bytes(p.weights.wide, p.element().zero(), padding, true);
    p.implementation(kernel.chosenName(Pass.FORWARD));
    p.packBytes(kernel);
  }

  private static List<Value> floats(Builder b, List<Value> values) {
    return values.stream().map(v -> QuantizeOp.floats(b, v)).toList();
  }

  private static Value lower(
      Builder b,
      Chain chain,
      Conv2dKernel kernel,
      Sides padding,
      List<Value> inputs,
      TensorType floats) {
    Value in = inputs.get(0);
    boolean adds = chain.has(Add.class);
    Network.Node rounds = chain.find(FakeQuantize.class);
    ElementType wanted = b.element();
    boolean toBytes =
        rounds != null && wanted.isByte() && (!adds || inputs.get(1).type.element().isByte());
    ElementType element = toBytes ? wanted : ElementType.F32;
    LayerWeights own = b.weightsOf(chain.headName()); // null for a plan without weights
    kernel.bytes(own != null && own.wide, in.type.element().zero(), padding, toBytes);
    Value added = !adds ? null : toBytes ? inputs.get(1) : QuantizeOp.floats(b, inputs.get(1));
    Value to = b.value(in, floats.of(element), false);
    QuantizedConv2dOp op = new QuantizedConv2dOp(b, chain, kernel, in, to);
    op.ends(b, chain, added);
    b.ops.add(op);
    return toBytes ? to : finished(b, chain, to);
  }

  /**
   * Applies the chain's fake quantization to a float result, unless the result is then converted to
   * int8, which includes rounding.
   */
  private static Value finished(Builder b, Chain chain, Value made) {
    Network.Node rounds = chain.find(FakeQuantize.class);
    if (rounds != null && !b.element().isByte()) {
      FakeQuantize layer = (FakeQuantize) rounds.layer();
      b.ops.add(new ActivationOp(ActivationOp.kernel(b, layer), false, b.batch, made, made));
      b.convolutions.remove(chain.name());
    }
    return made;
  }

  /** Sets the post-operations: batch normalization, addition, clamping and conversion to int8. */
  private void ends(Builder b, Chain chain, Value added) {
    Network.Node normalizes = chain.find(BatchNorm2d.class);
    if (normalizes != null) {
      BatchNorm2d layer = (BatchNorm2d) LayerPlans.as2d(normalizes.layer());
      norm = BatchNorm2dOp.kernel(b.descriptor(), layer, b.batch, out.shape(), false);
      normWeights = b.weightsOf(normalizes.name());
    }
    boolean relu6 = chain.has(Relu6.class);
    float low = relu6 || chain.has(Relu.class) ? 0 : Float.NEGATIVE_INFINITY;
    float high = relu6 ? 6 : Float.POSITIVE_INFINITY;
    ElementType to = out.type.element();
    if (to.isByte()) {
      low = Math.max(low, to.low() - to.zero());
      high = Math.min(high / to.scale(), to.high() - to.zero());
      post.bytes(to.zero(), 0, 0);
    }
    post.low(low);
    post.high(high);
    add = added;
    if (added != null) {
      added.data.at(b.forwardTime());
      if (to.isByte()) {
        ElementType from = added.type.element();
        post.bytes(to.zero(), from.zero(), (float) ((double) from.scale() / to.scale()));
      }
    }
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    workspace = slab.pointer(space.offset);
    scale = slab.floats(scales.offset);
    shift = slab.floats(scales.offset + (long) Float.BYTES * channels);
    post.scale(scale, shift);
    if (add != null) {
      post.add(slab.pointer(add.data.offset));
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  /**
   * Computes the factor and offset of each channel's sums from scales, bias and batch
   * normalization.
   */
  private void fold() {
    float[] factors = Heap.floats("scales of a convolution", channels);
    float[] shifts = Heap.floats("shifts of a convolution", channels);
    float[] steps = Heap.floats("scales of weights", channels);
    weights.weightScale.get(steps, 0, channels);
    if (norm != null) {
      norm.fold(
          normWeights.weight,
          normWeights.bias,
          normWeights.runningMean,
          normWeights.runningVar,
          weights.bias,
          scale,
          shift);
      scale.get(factors, 0, channels);
      shift.get(shifts, 0, channels);
    } else {
      Arrays.fill(factors, 1);
      if (weights.bias != null) {
        weights.bias.get(shifts, 0, channels);
      }
    }
    ElementType to = out.type.element();
    double unit = in.type.element().scale();
    for (int i = 0; i < channels; i++) {
      factors[i] = (float) (factors[i] * unit * steps[i] / to.scale());
      shifts[i] = (float) ((double) shifts[i] / to.scale());
    }
    scale.put(factors, 0, channels);
    shift.put(shifts, 0, channels);
    folded = owner.version();
  }

  @Override
  public void forward() {
    if (folded != owner.version()) {
      fold();
    }
    kernel.forward(src, weights.packed, null, post, dst, workspace, space.bytes);
  }

  @Override
  public void gradients() {
    throw new IllegalStateException("plan: int8 tensors have no gradients");
  }
}

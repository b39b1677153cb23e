package dev.quern.plan.operation;

import dev.quern.kernel.MeanKernel;
import dev.quern.layer.Layer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.QuantizeOp;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/** Average pooling or adaptive average pooling of int8 values; the results are int8 or float. */
final class MeanOp extends UnaryOp {
  /**
   * Maximum number of pixels in a window, so that sums of int8 values fit in 32 bits; equal to the
   * limit in {@code quern.h}.
   */
  private static final long MOST_PIXELS = 1 << 23;

  private final MeanKernel kernel;

  private MeanOp(MeanKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
  }

  /** Creates the int8 kernel of a layer. */
  interface Maker<L extends Layer> {
    MeanKernel of(Builder b, L layer, Shape in, Shape out, boolean toBytes);
  }

  static <L extends Layer> LayerPlan<L> plan(LayerPlan.Unary<L> floats, Maker<L> bytes) {
    return new ByteChain<>() {
      @Override
      public ByteUse bytes() {
        return ByteUse.AVERAGES;
      }

      @Override
      public Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out) {
        Value from = in.get(0);
        ElementType element = ByteChain.isWhole(b, chain, in) ? b.element() : ElementType.F32;
        Shape shape = from.shape();
        if (!from.type.element().isByte()
            || shape.dim(1) * shape.dim(2) > MOST_PIXELS
            || !element.takesSteps(from.type.element().scale())) {
          Value read = QuantizeOp.floats(b, from);
          return ByteChain.rest(b, chain, floats.lower(b, layer, read, out));
        }
        Value to = b.value(from, b.outType(out).of(element), false);
        b.ops.add(new MeanOp(bytes.of(b, layer, shape, out, element.isByte()), from, to));
        return element.isByte() ? to : ByteChain.rest(b, chain, to);
      }
    };
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, in.type.element().steps(), dst, out.type.element().steps());
  }

  @Override
  public void gradients() {
    throw new IllegalStateException("plan: int8 tensors have no gradients");
  }
}

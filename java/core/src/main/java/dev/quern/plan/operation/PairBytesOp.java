package dev.quern.plan.operation;

import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.ByteKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.PairOp;
import dev.quern.plan.build.QuantizeOp;
import dev.quern.plan.memory.ElementType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Set;

/**
 * The sum or product of two int8 values, fused with ReLU or ReLU6 and rounding to int8. The second
 * factor may have one number per channel.
 */
final class PairBytesOp extends PairOp {
  static final LayerPlan<Add> ADD = plan(false, AddOp::lower);
  static final LayerPlan<Multiply> MULTIPLY =
      plan(true, (b, layer, in, out) -> BinaryOp.lower(b, BinaryKernel.MULTIPLY, in, out));

  private final boolean multiplies;
  private final ElementType to;
  private long batch;

  private PairBytesOp(
      boolean multiplies, int batch, Value in, Value other, Value out, ElementType to) {
    super(in, other, out);
    this.multiplies = multiplies;
    this.batch = batch;
    this.to = to;
  }

  private static <L extends Layer> LayerPlan<L> plan(
      boolean multiplies, LayerPlan.Merge<L> floats) {
    return new ByteChain<>() {
      @Override
      public ByteUse bytes() {
        return ByteUse.JOINS;
      }

      @Override
      public Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out) {
        if (in.size() == 2 && ByteChain.isWhole(b, chain, in)) {
          boolean turned = !in.get(0).shape().equals(out);
          Value one = in.get(turned ? 1 : 0);
          Value other = in.get(turned ? 0 : 1);
          if (fits(b, multiplies, one, other, out)) {
            return PairBytesOp.lower(b, chain, multiplies, one, other, out);
          }
        }
        List<Value> read = in.stream().map(v -> QuantizeOp.floats(b, v)).toList();
        return ByteChain.rest(b, chain, floats.lower(b, layer, read, out));
      }

      @Override
      public List<Set<Class<? extends Layer>>> followers(boolean backward) {
        return backward ? List.of() : List.of(RECTIFYING, ROUNDING);
      }
    };
  }

  /**
   * Returns whether the kernel supports these values: {@code one} must have the result's shape;
   * {@code other} must have this shape or, in a product, one number per channel; and the scales of
   * both must be compatible.
   */
  private static boolean fits(Builder b, boolean multiplies, Value one, Value other, Shape out) {
    boolean alike = other.shape().equals(out) && other.pixels() == b.nodeOrder();
    boolean perChannel =
        multiplies && out.rank() == 3 && other.shape().equals(Shape.of(out.dim(0), 1, 1));
    double a = one.type.element().scale();
    double c = other.type.element().scale();
    double coarsest = multiplies ? a * c : Math.max(a, c);
    return one.shape().equals(out)
        && one.pixels() == b.nodeOrder()
        && (alike || perChannel)
        && b.element().takesSteps(coarsest);
  }

  private static Value lower(
      Builder b, Chain chain, boolean multiplies, Value one, Value other, Shape out) {
    Value made = b.merge(List.of(one, other), b.outType(out).of(b.element()));
    ElementType to = b.element().bounded(chain.has(Relu.class), chain.has(Relu6.class));
    b.ops.add(new PairBytesOp(multiplies, b.batch, one, other, made, to));
    return made;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    ByteKernel.Steps a = in.type.element().steps();
    ByteKernel.Steps c = other.type.element().steps();
    if (!multiplies) {
      ByteKernel.add(batch * out.shape().elements(), src, a, second, c, dst, to.steps());
      return;
    }
    boolean alike = in.shape().equals(other.shape());
    long channels = alike ? 1 : in.channels();
    long pixels = alike ? in.shape().elements() : in.pixels();
    long otherPixels = alike ? pixels : 1;
    ByteKernel.multiply(batch, pixels, otherPixels, channels, src, a, second, c, dst, to.steps());
  }

  @Override
  public void gradients() {
    throw new IllegalStateException("plan: int8 tensors have no gradients");
  }
}

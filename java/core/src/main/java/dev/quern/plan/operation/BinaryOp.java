package dev.quern.plan.operation;

import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.PairOp;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * An elementwise binary operation on two values of equal shape, or on an image and one number per
 * channel. Both inputs are kept for the backward pass. Other shapes use {@link BroadcastOp}.
 */
final class BinaryOp extends PairOp {
  private final BinaryKernel kernel;
  private final long pixels;
  private final long otherPixels;
  private final long channels;
  private long batch;

  private BinaryOp(BinaryKernel kernel, int batch, Value in, Value other, Value out) {
    super(in, other, out);
    this.kernel = kernel;
    this.batch = batch;
    // vectors may have several pixels (flattened images) or one
    boolean alike = in.shape().equals(other.shape());
    this.channels = alike ? 1 : in.channels();
    this.pixels = alike ? in.shape().elements() : in.pixels();
    this.otherPixels = alike ? pixels : other.pixels();
  }

  /**
   * Returns the plan of a binary operation. A layer with more than two inputs combines them from
   * left to right.
   */
  static LayerPlan<Layer> plan(BinaryKernel kernel) {
    return LayerPlan.merge((b, layer, in, out) -> lower(b, kernel, in, out));
  }

  static Value lower(Builder b, BinaryKernel kernel, List<Value> in, Shape out) {
    boolean alike = in.stream().allMatch(v -> v.shape().equals(out));
    // only values of equal shape can have different memory orders
    List<Value> ordered = alike ? b.reorder.inOneOrder(in) : in;
    Value made = ordered.get(0);
    for (Value next : ordered.subList(1, ordered.size())) {
      made =
          alike || isPerChannel(made, next, out)
              ? add(b, kernel, made, next, out)
              : BroadcastOp.add(
                  b, kernel, made, next, Broadcast.shape("plan", made.shape(), next.shape()));
    }
    return b.reorder.expected(made);
  }

  /** Returns whether {@code next} has one number for each channel of {@code image}. */
  private static boolean isPerChannel(Value image, Value next, Shape out) {
    return out.rank() == 3
        && image.shape().equals(out)
        && next.shape().equals(Shape.of(out.dim(0), 1, 1));
  }

  private static Value add(Builder b, BinaryKernel kernel, Value in, Value next, Shape out) {
    Value to = b.merge(List.of(in, next), out);
    keep(b, in, next, to, kernel.compares());
    b.ops.add(new BinaryOp(kernel, b.batch, in, next, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    kernel.forward(batch, pixels, otherPixels, channels, src, second, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(
        batch, pixels, otherPixels, channels, src, second, diffDst, diffSrc, diffSecond);
  }
}

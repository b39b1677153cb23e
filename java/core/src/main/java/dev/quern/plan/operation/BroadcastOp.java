package dev.quern.plan.operation;

import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.kernel.BroadcastKernel;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Orders;
import dev.quern.plan.build.PairOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * An elementwise binary operation with broadcasting. Both inputs are kept for the backward pass.
 */
final class BroadcastOp extends PairOp {
  private final BroadcastKernel kernel;

  private BroadcastOp(BroadcastKernel kernel, Value in, Value other, Value out) {
    super(in, other, out);
    this.kernel = kernel;
  }

  /** Adds the operation to the builder and returns its result, which has the broadcast shape. */
  static Value add(Builder b, BinaryKernel kind, Value first, Value next, Shape out) {
    Value in = b.reorder.strided(first);
    Value other = b.reorder.strided(next);
    Value to = b.merge(List.of(in, other), TensorType.of(out, Orders.ofImage(out)));
    keep(b, in, other, to, kind.compares());
    b.ops.add(new BroadcastOp(kernel(b, kind, in, other, to), in, other, to));
    return to;
  }

  static BroadcastKernel kernel(Builder b, BinaryKernel kind, Value in, Value other, Value out) {
    if (List.of(in, other).stream().allMatch(v -> liesAlike(v, out))) {
      Shape row = Shape.of(out.shape().elements());
      long[] one = {1};
      return Broadcast.kernel(kind, b.batch, row, one, row, one, row, one);
    }
    return Broadcast.kernel(
        kind,
        b.batch,
        out.shape(),
        out.type.strides(),
        in.shape(),
        in.type.strides(),
        other.shape(),
        other.type.strides());
  }

  private static boolean liesAlike(Value v, Value out) {
    return v.shape().equals(out.shape()) && v.pixels() == out.pixels();
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, second, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(src, second, diffDst, diffSrc, diffSecond);
  }
}

package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.kernel.BroadcastKernel;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Two values to one where a number of either may meet many of the other; both are kept. */
final class BroadcastOp implements Op {
  private final BroadcastKernel kernel;
  private final Value in;
  private final Value other;
  private final Value out;
  private Pointer src;
  private Pointer second;
  private Pointer dst;
  private Pointer diffSrc;
  private Pointer diffSecond;
  private Pointer diffDst;

  private BroadcastOp(BroadcastKernel kernel, Value in, Value other, Value out) {
    this.kernel = kernel;
    this.in = in;
    this.other = other;
    this.out = out;
  }

  /** What two values make, of that shape. */
  static Value add(Builder b, BinaryKernel kind, Value first, Value next, Shape out) {
    Value in = b.strided(first);
    Value other = b.strided(next);
    Value to = b.merge(List.of(in, other), TensorType.of(out, Orders.ofImage(out)));
    if (to.diff != null) {
      b.keepForBackward(in);
      b.keepForBackward(other);
    }
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
  public void bind(OffHeap slab) {
    src = slab.pointer(in.data.offset);
    second = slab.pointer(other.data.offset);
    dst = slab.pointer(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.pointer(in.diff.offset);
      diffSecond = other.diff == null ? null : slab.pointer(other.diff.offset);
    }
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
  public void backward() {
    if (diffDst != null) {
      kernel.backward(src, second, diffDst, diffSrc, diffSecond);
    }
  }
}

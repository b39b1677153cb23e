package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.layer.Layer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * A copy that rearranges elements, as transpose or slice does, and converts the memory order in the
 * same pass.
 */
final class StridedCopyOp extends UnaryOp {
  /** Returns the rearrangement of a layer for an input shape. */
  interface Arranging<L extends Layer> {
    Rearrangement of(L layer, Shape in);
  }

  private final StridedCopyKernel kernel;

  /** The offset of the first copied element from the start of the input, in bytes. */
  private final long first;

  /**
   * Whether all elements of the input are copied; if false, the gradients of the remaining elements
   * are set to 0.
   */
  private final boolean whole;

  private long batch;
  private Pointer from;
  private Pointer diffFrom;

  private StridedCopyOp(
      StridedCopyKernel kernel, long first, boolean whole, int batch, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.first = first;
    this.whole = whole;
    this.batch = batch;
  }

  static <L extends Layer> LayerPlan<L> plan(Arranging<L> moves) {
    return LayerPlan.strided(
        (b, layer, in, out) -> add(b, moves.of(layer, in.shape()), in, b.outType(out)));
  }

  /**
   * Adds the copy to the builder.
   *
   * @param type the type of the result
   */
  static Value add(Builder b, Rearrangement moves, Value value, TensorType type) {
    Value in = b.reorder.strided(value);
    long[] strides = in.type.strides();
    Value to = b.value(in, type, false);
    b.touchDiffs(in, to);
    b.ops.add(
        new StridedCopyOp(
            moves.kernel(b.batch, strides, type.strides()),
            Float.BYTES * moves.first(strides),
            moves.isWhole(),
            b.batch,
            in,
            to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    from = slab.pointer(in.data.offset + first);
    diffFrom = diffSrc == null ? null : slab.pointer(in.diff.offset + first);
  }

  @Override
  public void batch(int n) {
    batch = n;
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(from, dst);
  }

  @Override
  public void gradients() {
    if (!whole) {
      Pointer.memset(diffSrc, 0, in.type.bytes(batch));
    }
    kernel.backward(diffDst, diffFrom);
  }
}

package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.GatherAxis;
import dev.quern.kernel.GatherKernel;
import dev.quern.layer.shape.Gather;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;

/**
 * Selection of positions along an axis (gather). The table of positions is stored for the plan's
 * lifetime.
 */
final class GatherOp extends UnaryOp {
  private final GatherKernel kernel;
  private final Slot table;

  private GatherOp(GatherKernel kernel, Slot table, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.table = table;
  }

  static Value lower(Builder b, Gather layer, Value in, Shape out) {
    return lower(b, GatherAxis.of(in.shape(), layer.axis(), layer.indices()), in, b.outType(out));
  }

  /**
   * Adds a gather operation to the builder.
   *
   * @param in the input, whose axes must all have a stride
   * @param type the type of the result
   */
  static Value lower(Builder b, GatherAxis positions, Value in, TensorType type) {
    Value to = b.value(in, type, false);
    b.touchDiffs(in, to);
    GatherKernel kernel = positions.kernel(b.batch, in.type.strides(), to.type.strides());
    long ints = kernel.tableSize(to.diff != null);
    Slot table = b.slab.slot(Integer.BYTES * ints).at(0).at(b.endTime());
    b.ops.add(new GatherOp(kernel, table, in, to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    kernel.table(slab.ints(table.offset), out.diff != null);
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(diffDst, diffSrc);
  }
}

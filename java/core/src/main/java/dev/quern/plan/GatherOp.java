package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.GatherAxis;
import dev.quern.kernel.GatherKernel;
import dev.quern.layer.Gather;
import dev.quern.tensor.Shape;
import java.util.List;

/** Positions along an axis, by a table that is kept for good. */
final class GatherOp extends UnaryOp {
  static final LayerPlan<Gather> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Gather layer, List<Value> in, Shape out) {
          Value from = in.get(0).type.isStrided() ? in.get(0) : b.theirs(in.get(0));
          Value to = b.value(from, out, false);
          b.touchDiffs(from, to);
          GatherKernel kernel =
              GatherAxis.of(from.shape(), layer.axis(), layer.indices())
                  .kernel(b.batch, from.type.strides(), to.type.strides());
          long ints = kernel.tableSize(to.diff != null);
          Slot table = b.slab.slot(Integer.BYTES * ints).at(0).at(b.endTime());
          b.ops.add(new GatherOp(kernel, table, from, to));
          return to;
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final GatherKernel kernel;
  private final Slot table;

  private GatherOp(GatherKernel kernel, Slot table, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.table = table;
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
  public void backward() {
    if (diffDst != null) {
      kernel.backward(diffDst, diffSrc);
    }
  }
}

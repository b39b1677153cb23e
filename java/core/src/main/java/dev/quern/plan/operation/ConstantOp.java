package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.layer.shape.Constant;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Op;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** A constant value, stored for the plan's lifetime in the memory order of the output. */
final class ConstantOp implements Op {
  static final LayerPlan<Constant> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Constant layer, List<Value> in, Shape out) {
          Value to = b.source(out, false);
          b.ops.add(new ConstantOp(b, layer.values(), to));
          return to;
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public boolean reads() {
          return false;
        }
      };

  private final float[] values;
  private final Value out;
  private final Slot kept;
  private final StridedCopyKernel kernel;
  private FloatPointer src;
  private Pointer dst;

  private ConstantOp(Builder b, float[] values, Value out) {
    this.values = values;
    this.out = out;
    kept = b.slab.slot(out.type.bytes(1)).at(0).at(b.endTime());
    Shape sample = out.shape();
    kernel =
        StridedCopyKernel.repeating(
            b.batch, sample.toArray(), out.type.strides(), out.type.strides());
  }

  @Override
  public void bind(OffHeap slab) {
    src = slab.floats(kept.offset);
    dst = slab.pointer(out.data.offset);
    int channels = (int) out.channels();
    int pixels = (int) out.pixels();
    float[] ordered = new float[values.length];
    for (int c = 0; c < channels; c++) {
      for (int p = 0; p < pixels; p++) {
        ordered[p * channels + c] = values[c * pixels + p];
      }
    }
    src.put(ordered, 0, ordered.length);
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
  public void backward() {}
}

package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ConcatKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.layer.shape.Concat;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Op;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Concatenation of values along an axis. In memory, each row of the result contains one part of
 * every input, in the inputs' order.
 */
final class ConcatOp implements Op {
  static final LayerPlan<Concat> PLAN =
      new LayerPlan<>() {
        @Override
        public ByteUse bytes() {
          return ByteUse.CONCATENATES;
        }

        @Override
        public Value lower(Builder b, Chain chain, Concat layer, List<Value> in, Shape out) {
          boolean theirs = out.rank() != 3 && b.outType(out).pixels() == 1;
          List<Value> alike = theirs ? in.stream().map(b.reorder::theirs).toList() : in;
          Value to = b.merge(alike, b.outType(out).of(b.element()));
          ConcatOp op = new ConcatOp(b.batch, rows(layer, to), alike, to);
          if (!b.training && axis(layer, out) == 0) {
            op.leaveToConvolutions(b, chain.inputs());
          }
          b.ops.add(op);
          return to;
        }

        @Override
        public boolean readsBytes(Builder b) {
          return b.element().isByte();
        }

        /**
         * Returns whether the result is in C, H, W order. Concatenation along axis 0 keeps the
         * memory order of the inputs.
         */
        @Override
        public boolean callersOrder(Concat layer, Shape out) {
          return axis(layer, out) > 0;
        }
      };

  private final long rows;
  private final List<Value> in;
  private final Value out;

  /** Whether preceding convolutions write directly to the result, so that nothing is copied. */
  private boolean written;

  private long batch;
  private OffHeap slab;

  private ConcatOp(int batch, long rows, List<Value> in, Value out) {
    this.batch = batch;
    this.rows = rows;
    this.in = in;
    this.out = out;
  }

  /**
   * In inference, lets the preceding convolutions write directly to the result, provided that every
   * input is computed by a convolution and has no other reader. Mixing direct writes and copies
   * would be slower, because shared cache lines would be written twice.
   */
  private void leaveToConvolutions(Builder b, List<String> names) {
    List<Conv2dOp> makers = new ArrayList<>();
    for (int i = 0; i < in.size(); i++) {
      Conv2dOp conv = Conv2dOp.of(b, names.get(i));
      boolean own = conv != null && conv.out == in.get(i) && b.consumers.isOnly(names.get(i));
      if (!own || in.get(i).pixels() != out.pixels()) {
        return;
      }
      makers.add(conv);
    }
    long channel = 0;
    for (Conv2dOp conv : makers) {
      conv.writeInto(b, out, channel);
      channel += conv.out.channels();
    }
    written = true;
  }

  private static int axis(Concat layer, Shape out) {
    return Rearrangement.axis("concat", out, layer.axis());
  }

  /**
   * Returns the number of rows per sample. In images, channels are the innermost axis in memory.
   */
  private static long rows(Concat layer, Value out) {
    int axis = axis(layer, out.shape());
    if (axis == 0) {
      return out.pixels();
    }
    long rows = 1;
    for (int i = out.shape().rank() == 3 ? 1 : 0; i < axis; i++) {
      rows *= out.shape().dim(i);
    }
    return rows;
  }

  @Override
  public void bind(OffHeap memory) {
    slab = memory;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    if (written) {
      return;
    }
    long at = 0;
    for (Value v : in) {
      Pointer to = slab.pointer(out.data.offset + out.type.offset(at));
      copy(slab.pointer(v.data.offset), run(v), to, run(out), run(v));
      at += run(v);
    }
  }

  @Override
  public void backward() {
    long at = 0;
    for (Value v : in) {
      if (out.diff != null && v.diff != null) {
        Pointer from = slab.pointer(out.diff.offset + out.type.offset(at));
        copy(from, run(out), slab.pointer(v.diff.offset), run(v), run(v));
      }
      at += run(v);
    }
  }

  private long run(Value v) {
    return v.shape().elements() / rows;
  }

  private void copy(Pointer src, long srcPitch, Pointer dst, long dstPitch, long run) {
    ConcatKernel.copy(out.type.element().isByte(), batch * rows, run, src, srcPitch, dst, dstPitch);
  }
}

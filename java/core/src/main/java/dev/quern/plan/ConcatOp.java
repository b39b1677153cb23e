package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.layer.Concat;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** Values side by side along the channels. */
final class ConcatOp implements Op {
  private final List<Value> in;
  private final Value out;
  private long batch;
  private Block slab;

  ConcatOp(int batch, List<Value> in, Value out) {
    this.batch = batch;
    this.in = in;
    this.out = out;
  }

  static Value lower(Builder b, Concat concat, List<Value> in, Shape out) {
    Value to = b.merge(in, out);
    b.ops.add(new ConcatOp(b.batch, in, to));
    return to;
  }

  @Override
  public void bind(Block memory) {
    slab = memory;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    long at = 0;
    for (Value v : in) {
      copy(
          slab.floats(v.data.offset),
          v.channels(),
          slab.floats(out.data.offset + 4 * at),
          out.channels(),
          v.channels());
      at += v.channels();
    }
  }

  @Override
  public void backward() {
    long at = 0;
    for (Value v : in) {
      if (out.diff != null && v.diff != null) {
        copy(
            slab.floats(out.diff.offset + 4 * at),
            out.channels(),
            slab.floats(v.diff.offset),
            v.channels(),
            v.channels());
      }
      at += v.channels();
    }
  }

  private void copy(
      FloatPointer src, long srcPitch, FloatPointer dst, long dstPitch, long channels) {
    Status.check(
        Quern.quern_copy_channels(
            Quern.QUERN_F32, batch * out.pixels, channels, src, srcPitch, dst, dstPitch));
  }
}

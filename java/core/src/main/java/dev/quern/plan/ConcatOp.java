package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.ConcatKernel;
import dev.quern.layer.Concat;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Values side by side along the channels. */
final class ConcatOp implements Op {
  private final List<Value> in;
  private final Value out;
  private long batch;
  private OffHeap slab;

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
  public void bind(OffHeap memory) {
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
          slab.pointer(v.data.offset),
          v.channels(),
          slab.pointer(out.data.offset + out.type.offset(at)),
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
            slab.pointer(out.diff.offset + out.type.offset(at)),
            out.channels(),
            slab.pointer(v.diff.offset),
            v.channels(),
            v.channels());
      }
      at += v.channels();
    }
  }

  private void copy(Pointer src, long srcPitch, Pointer dst, long dstPitch, long channels) {
    ConcatKernel.copy(batch * out.pixels(), channels, src, srcPitch, dst, dstPitch);
  }
}

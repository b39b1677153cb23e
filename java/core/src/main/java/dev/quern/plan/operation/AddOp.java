package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.ConcatKernel;
import dev.quern.layer.math.Add;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Op;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** The elementwise sum of several values. Each input receives the output's gradient. */
final class AddOp implements Op {
  private final List<Value> in;
  private final Value out;
  private final List<Pointer> src = new ArrayList<>();
  private final List<Pointer> diffSrc = new ArrayList<>();
  private long batch;
  private Pointer dst;
  private Pointer diffDst;

  AddOp(int batch, List<Value> in, Value out) {
    this.batch = batch;
    this.in = in;
    this.out = out;
  }

  static Value lower(Builder b, Add add, List<Value> in, Shape out) {
    if (in.stream().anyMatch(v -> !v.shape().equals(out))) {
      return BinaryOp.lower(b, BinaryKernel.ADD, in, out);
    }
    List<Value> alike = b.reorder.inOneOrder(in);
    Value to = b.merge(alike, out);
    b.ops.add(new AddOp(b.batch, alike, to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    for (Value v : in) {
      src.add(slab.pointer(v.data.offset));
      if (out.diff != null && v.diff != null) {
        diffSrc.add(slab.pointer(v.diff.offset));
      }
    }
    dst = slab.pointer(out.data.offset);
    diffDst = out.diff == null ? null : slab.pointer(out.diff.offset);
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    long n = batch * out.shape().elements();
    AddKernel.forward(n, src.get(0), src.get(1), dst);
    for (int i = 2; i < src.size(); i++) {
      AddKernel.forward(n, src.get(i), dst, dst);
    }
  }

  @Override
  public void backward() {
    long channels = out.channels();
    for (Pointer diff : diffSrc) {
      ConcatKernel.copy(batch * out.pixels(), channels, diffDst, channels, diff, channels);
    }
  }
}

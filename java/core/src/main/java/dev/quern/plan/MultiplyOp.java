package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.MultiplyKernel;
import dev.quern.layer.Multiply;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** The product of two values; each one's gradient takes the other, so that both are kept. */
final class MultiplyOp implements Op {
  private final Value in;
  private final Value other;
  private final Value out;
  private long batch;
  private Pointer src;
  private Pointer factor;
  private Pointer dst;
  private Pointer diffSrc;
  private Pointer diffFactor;
  private Pointer diffDst;

  MultiplyOp(int batch, Value in, Value other, Value out) {
    this.batch = batch;
    this.in = in;
    this.other = other;
    this.out = out;
  }

  static Value lower(Builder b, Multiply multiply, List<Value> in, Shape out) {
    // one value a channel has one pixel by nature; only what is of one shape may lie in two orders
    boolean alike = in.get(0).shape().equals(in.get(1).shape());
    List<Value> ordered = alike ? b.inOneOrder(in) : in;
    Value to = b.merge(ordered, out);
    if (to.diff != null) {
      ordered.forEach(b::keepForBackward);
    }
    b.ops.add(new MultiplyOp(b.batch, ordered.get(0), ordered.get(1), to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    src = slab.pointer(in.data.offset);
    factor = slab.pointer(other.data.offset);
    dst = slab.pointer(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.pointer(in.diff.offset);
      diffFactor = other.diff == null ? null : slab.pointer(other.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    MultiplyKernel.forward(batch, in.pixels(), other.pixels(), in.channels(), src, factor, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      MultiplyKernel.backward(
          batch,
          in.pixels(),
          other.pixels(),
          in.channels(),
          src,
          factor,
          diffDst,
          diffSrc,
          diffFactor);
    }
  }
}

package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.layer.Multiply;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** The product of two values; each one's gradient takes the other, so that both are kept. */
final class MultiplyOp implements Op {
  private final Value in;
  private final Value other;
  private final Value out;
  private long batch;
  private FloatPointer src;
  private FloatPointer factor;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffFactor;
  private FloatPointer diffDst;

  MultiplyOp(int batch, Value in, Value other, Value out) {
    this.batch = batch;
    this.in = in;
    this.other = other;
    this.out = out;
  }

  static Value lower(Builder b, Multiply multiply, List<Value> in, Shape out) {
    // one value a channel has one pixel by nature; only what is of one shape may lie in two orders
    boolean alike = in.get(0).shape.equals(in.get(1).shape);
    List<Value> ordered = alike ? b.inOneOrder(in) : in;
    Value to = b.merge(ordered, out);
    if (to.diff != null) {
      ordered.forEach(b::keepForBackward);
    }
    b.ops.add(new MultiplyOp(b.batch, ordered.get(0), ordered.get(1), to));
    return to;
  }

  @Override
  public void bind(Block slab) {
    src = slab.floats(in.data.offset);
    factor = slab.floats(other.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.floats(in.diff.offset);
      diffFactor = other.diff == null ? null : slab.floats(other.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_multiply_forward(
            Quern.QUERN_F32, batch, in.pixels, other.pixels, in.channels(), src, factor, dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(
          Quern.quern_multiply_backward(
              Quern.QUERN_F32,
              batch,
              in.pixels,
              other.pixels,
              in.channels(),
              src,
              factor,
              diffDst,
              diffSrc,
              diffFactor));
    }
  }
}

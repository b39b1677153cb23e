package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** Our memory order to the callers' C, H, W, for a network that ends in one. */
final class LayoutOp implements Op {
  private final Value in;
  private final Value out;
  private long batch;
  private FloatPointer src;
  private FloatPointer dst;
  private FloatPointer diffSrc;
  private FloatPointer diffDst;

  LayoutOp(int batch, Value in, Value out) {
    this.in = in;
    this.out = out;
    this.batch = batch;
  }

  @Override
  public void bind(Block slab) {
    src = slab.floats(in.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = slab.floats(in.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_nhwc_to_nchw(batch, in.channels(), in.pixels, 1, src, in.channels(), dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      Status.check(
          Quern.quern_nchw_to_nhwc(
              batch, in.channels(), in.pixels, 1, diffDst, diffSrc, in.channels()));
    }
  }
}

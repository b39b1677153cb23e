package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;

/** Our memory order to the callers' C, H, W, for a network that ends in one. */
final class LayoutOp extends UnaryOp {
  private long batch;

  LayoutOp(int batch, Value in, Value out) {
    super(in, out);
    this.batch = batch;
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

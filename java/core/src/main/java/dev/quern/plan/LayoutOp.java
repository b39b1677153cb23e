package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** Our memory order to the callers' C, H, W, or back: the one that is permuted is ours. */
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
    copy(src, dst, in.permuted());
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      copy(diffDst, diffSrc, out.permuted());
    }
  }

  private void copy(FloatPointer from, FloatPointer to, boolean toCallers) {
    Value ours = in.permuted() ? in : out;
    long c = ours.channels();
    Status.check(
        toCallers
            ? Quern.quern_nhwc_to_nchw(Quern.QUERN_F32, batch, c, ours.pixels, 1, from, c, to)
            : Quern.quern_nchw_to_nhwc(Quern.QUERN_F32, batch, c, ours.pixels, 1, from, to, c));
  }
}

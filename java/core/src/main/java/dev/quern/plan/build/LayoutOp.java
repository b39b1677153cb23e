package dev.quern.plan.build;

import dev.quern.kernel.LayoutKernel;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.Pointer;

/** Conversion of a value between C, H, W order and the internal channels-last order. */
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
  public void gradients() {
    copy(diffDst, diffSrc, out.permuted());
  }

  private void copy(Pointer from, Pointer to, boolean toCallers) {
    Value ours = in.permuted() ? in : out;
    long c = ours.channels();
    if (toCallers) {
      LayoutKernel.toNchw(batch, c, ours.pixels(), from, to);
    } else {
      LayoutKernel.toNhwc(batch, c, ours.pixels(), from, to);
    }
  }
}

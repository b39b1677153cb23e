package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** PReLU of channels-last tensors. */
public final class PReluKernel {
  private final long channels;
  private long rows;

  /**
   * Creates the kernel.
   *
   * @param channels the number of weights: one per channel, or 1 for all values
   */
  public PReluKernel(long rows, long channels) {
    this.rows = rows;
    this.channels = channels;
  }

  /** Sets the number of rows of the next passes. */
  public void rows(long n) {
    rows = n;
  }

  /** Returns the workspace size of the backward pass in bytes. */
  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_prelu_workspace(rows, channels, bytes));
    return bytes[0];
  }

  public void forward(Pointer src, FloatPointer weight, Pointer dst) {
    Status.check(Quern.quern_prelu_forward(Quern.QUERN_F32, rows, channels, src, weight, dst));
  }

  public void backward(
      Pointer src,
      Pointer diffDst,
      FloatPointer weight,
      Pointer diffSrcOrNull,
      FloatPointer diffWeightOrNull,
      Pointer workspace,
      long bytes) {
    Status.check(
        Quern.quern_prelu_backward(
            Quern.QUERN_F32,
            rows,
            channels,
            src,
            diffDst,
            weight,
            diffSrcOrNull,
            diffWeightOrNull,
            workspace,
            bytes));
  }
}

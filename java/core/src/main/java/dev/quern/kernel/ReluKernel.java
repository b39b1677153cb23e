package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** ReLU; input and output may share memory. */
public final class ReluKernel {
  private ReluKernel() {}

  public static void forward(long n, Pointer src, Pointer dst) {
    Status.check(Quern.quern_relu_forward(Quern.QUERN_F32, n, src, dst));
  }

  /**
   * Runs the backward pass.
   *
   * @param dst the output of the forward pass, or its input: the output is positive exactly if the
   *     input is
   */
  public static void backward(long n, Pointer dst, Pointer diffDst, Pointer diffSrc) {
    Status.check(Quern.quern_relu_backward(Quern.QUERN_F32, n, dst, diffDst, diffSrc));
  }
}

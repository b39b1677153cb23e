package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** ReLU; the output may be the input's memory. */
public final class ReluKernel {
  private ReluKernel() {}

  public static void forward(long n, FloatPointer src, FloatPointer dst) {
    Status.check(Quern.quern_relu_forward(n, src, dst));
  }

  /**
   * @param dst the output, or the input, whose sign is the same
   */
  public static void backward(
      long n, FloatPointer dst, FloatPointer diffDst, FloatPointer diffSrc) {
    Status.check(Quern.quern_relu_backward(n, dst, diffDst, diffSrc));
  }
}

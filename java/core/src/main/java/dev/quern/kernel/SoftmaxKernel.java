package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Softmax and log-softmax over the classes of a matrix {@code [rows, classes]}. */
public enum SoftmaxKernel {
  SOFTMAX(Quern::quern_softmax_forward, Quern::quern_softmax_backward),
  LOG_SOFTMAX(Quern::quern_log_softmax_forward, Quern::quern_log_softmax_backward);

  private interface Forward {
    int run(long type, long rows, long classes, Pointer src, Pointer dst);
  }

  private interface Backward {
    int run(long type, long rows, long classes, Pointer dst, Pointer diffDst, Pointer diffSrc);
  }

  private final Forward forward;
  private final Backward backward;

  SoftmaxKernel(Forward forward, Backward backward) {
    this.forward = forward;
    this.backward = backward;
  }

  public void forward(long rows, long classes, Pointer src, Pointer dst) {
    Status.check(forward.run(Quern.QUERN_F32, rows, classes, src, dst));
  }

  public void backward(long rows, long classes, Pointer dst, Pointer diffDst, Pointer diffSrc) {
    Status.check(backward.run(Quern.QUERN_F32, rows, classes, dst, diffDst, diffSrc));
  }
}

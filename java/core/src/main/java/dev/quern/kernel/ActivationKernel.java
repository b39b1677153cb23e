package dev.quern.kernel;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** An elementwise activation function; input and output may share memory. */
public final class ActivationKernel {
  private final ActivationDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param function the function's name in {@code native/src/kernels/activations.inc}
   * @param coefficients the function's coefficients, in the order of that file
   * @throws dev.quern.error.InvalidArgumentException if the file does not contain the function, or
   *     the number of coefficients is wrong
   */
  public ActivationKernel(Pointer at, String function, float... coefficients) {
    long[] kind = new long[1];
    long[] count = new long[1];
    Status.check(Quern.quern_activation_kind(function, kind));
    Status.check(Quern.quern_activation_coefficients(kind[0], count));
    if (coefficients.length != count[0]) {
      throw new InvalidArgumentException(
          function + ": " + coefficients.length + " coefficients, expected " + count[0]);
    }
    descriptor = new ActivationDescriptor(at).kind(kind[0]).type(Quern.QUERN_F32);
    for (int i = 0; i < coefficients.length; i++) {
      descriptor.coefficients(i, coefficients[i]);
    }
  }

  ActivationDescriptor descriptor() {
    return descriptor;
  }

  /** Returns whether the backward pass reads the output rather than the input. */
  public boolean readsOutput() {
    long[] answer = new long[1];
    Status.check(Quern.quern_activation_reads_dst(descriptor, answer));
    return answer[0] == 1;
  }

  public void forward(long n, Pointer src, Pointer dst) {
    Status.check(Quern.quern_activation_forward(descriptor, n, src, dst));
  }

  /**
   * Runs the backward pass.
   *
   * @param saved the output of the forward pass if {@link #readsOutput}, else its input
   */
  public void backward(long n, Pointer saved, Pointer diffDst, Pointer diffSrc) {
    Status.check(Quern.quern_activation_backward(descriptor, n, saved, diffDst, diffSrc));
  }
}

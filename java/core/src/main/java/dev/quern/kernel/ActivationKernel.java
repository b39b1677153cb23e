package dev.quern.kernel;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** A function of each element by itself; the output may be the input's memory. */
public final class ActivationKernel {
  private static final Map<String, Integer> KINDS =
      Map.ofEntries(
          Map.entry("relu6", Quern.QUERN_RELU6),
          Map.entry("leaky_relu", Quern.QUERN_LEAKY_RELU),
          Map.entry("elu", Quern.QUERN_ELU),
          Map.entry("selu", Quern.QUERN_SELU),
          Map.entry("gelu", Quern.QUERN_GELU),
          Map.entry("gelu_tanh", Quern.QUERN_GELU_TANH),
          Map.entry("silu", Quern.QUERN_SILU),
          Map.entry("mish", Quern.QUERN_MISH),
          Map.entry("hardswish", Quern.QUERN_HARDSWISH),
          Map.entry("hardsigmoid", Quern.QUERN_HARDSIGMOID),
          Map.entry("sigmoid", Quern.QUERN_SIGMOID),
          Map.entry("tanh", Quern.QUERN_TANH),
          Map.entry("softplus", Quern.QUERN_SOFTPLUS));

  private final ActivationDescriptor descriptor;

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param function the name of {@code quern.h}'s constant
   * @param coefficients alpha of leaky_relu and elu; beta and threshold of softplus; else none
   */
  public ActivationKernel(Pointer at, String function, float... coefficients) {
    descriptor =
        new ActivationDescriptor(at)
            .kind(KINDS.get(function))
            .alpha(0)
            .beta(1)
            .threshold(0)
            .type(Quern.QUERN_F32);
    if (coefficients.length == 1) {
      descriptor.alpha(coefficients[0]);
    } else if (coefficients.length == 2) {
      descriptor.beta(coefficients[0]).threshold(coefficients[1]);
    }
  }

  /** Whether the backward pass goes by the output rather than by the input. */
  public boolean readsOutput() {
    long[] answer = new long[1];
    Status.check(Quern.quern_activation_reads_dst(descriptor, answer));
    return answer[0] == 1;
  }

  public void forward(long n, Pointer src, Pointer dst) {
    Status.check(Quern.quern_activation_forward(descriptor, n, src, dst));
  }

  /**
   * @param saved the output where {@link #readsOutput}, else the input
   */
  public void backward(long n, Pointer saved, Pointer diffDst, Pointer diffSrc) {
    Status.check(Quern.quern_activation_backward(descriptor, n, saved, diffDst, diffSrc));
  }
}

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
          Map.entry("abs", Quern.QUERN_ABS),
          Map.entry("affine", Quern.QUERN_AFFINE),
          Map.entry("ceil", Quern.QUERN_CEIL),
          Map.entry("celu", Quern.QUERN_CELU),
          Map.entry("clamp", Quern.QUERN_CLAMP),
          Map.entry("elu", Quern.QUERN_ELU),
          Map.entry("erf", Quern.QUERN_ERF),
          Map.entry("exp", Quern.QUERN_EXP),
          Map.entry("fake_quantize", Quern.QUERN_FAKE_QUANTIZE),
          Map.entry("floor", Quern.QUERN_FLOOR),
          Map.entry("gelu", Quern.QUERN_GELU),
          Map.entry("gelu_tanh", Quern.QUERN_GELU_TANH),
          Map.entry("hardsigmoid", Quern.QUERN_HARDSIGMOID),
          Map.entry("hardswish", Quern.QUERN_HARDSWISH),
          Map.entry("leaky_relu", Quern.QUERN_LEAKY_RELU),
          Map.entry("log", Quern.QUERN_LOG),
          Map.entry("mish", Quern.QUERN_MISH),
          Map.entry("power", Quern.QUERN_POWER),
          Map.entry("reciprocal", Quern.QUERN_RECIPROCAL),
          Map.entry("relu6", Quern.QUERN_RELU6),
          Map.entry("round", Quern.QUERN_ROUND),
          Map.entry("selu", Quern.QUERN_SELU),
          Map.entry("sigmoid", Quern.QUERN_SIGMOID),
          Map.entry("sign", Quern.QUERN_SIGN),
          Map.entry("silu", Quern.QUERN_SILU),
          Map.entry("softplus", Quern.QUERN_SOFTPLUS),
          Map.entry("softsign", Quern.QUERN_SOFTSIGN),
          Map.entry("sqrt", Quern.QUERN_SQRT),
          Map.entry("tanh", Quern.QUERN_TANH));

  /** Coefficients of any function. */
  private static final int MOST = 3;

  private final ActivationDescriptor descriptor;

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param function the name of {@code quern.h}'s constant
   * @param coefficients those that {@code quern.h} names beside it
   */
  public ActivationKernel(Pointer at, String function, float... coefficients) {
    descriptor = new ActivationDescriptor(at).kind(KINDS.get(function)).type(Quern.QUERN_F32);
    for (int i = 0; i < MOST; i++) {
      descriptor.coefficients(i, i < coefficients.length ? coefficients[i] : 0);
    }
  }

  ActivationDescriptor descriptor() {
    return descriptor;
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

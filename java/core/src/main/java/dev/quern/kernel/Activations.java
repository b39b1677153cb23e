package dev.quern.kernel;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.layer.Activation;
import dev.quern.layer.Elu;
import dev.quern.layer.Gelu;
import dev.quern.layer.LeakyRelu;
import dev.quern.layer.Softplus;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;

/** Activations as the C descriptor of {@code quern.h}. */
public final class Activations {
  private static final Map<String, Integer> KINDS =
      Map.ofEntries(
          Map.entry("relu6", Quern.QUERN_RELU6),
          Map.entry("leaky_relu", Quern.QUERN_LEAKY_RELU),
          Map.entry("elu", Quern.QUERN_ELU),
          Map.entry("selu", Quern.QUERN_SELU),
          Map.entry("gelu", Quern.QUERN_GELU),
          Map.entry("silu", Quern.QUERN_SILU),
          Map.entry("mish", Quern.QUERN_MISH),
          Map.entry("hardswish", Quern.QUERN_HARDSWISH),
          Map.entry("hardsigmoid", Quern.QUERN_HARDSIGMOID),
          Map.entry("sigmoid", Quern.QUERN_SIGMOID),
          Map.entry("tanh", Quern.QUERN_TANH),
          Map.entry("softplus", Quern.QUERN_SOFTPLUS));

  private Activations() {}

  /**
   * @param at memory of {@link Descriptors#BYTES} bytes that the caller owns
   */
  public static ActivationDescriptor descriptor(Pointer at, Activation layer) {
    ActivationDescriptor d =
        new ActivationDescriptor(at)
            .kind(KINDS.get(layer.type()))
            .alpha(0)
            .beta(1)
            .threshold(0)
            .type(Quern.QUERN_F32);
    if (layer instanceof LeakyRelu leaky) {
      d.alpha(leaky.negativeSlope());
    } else if (layer instanceof Elu elu) {
      d.alpha(elu.alpha());
    } else if (layer instanceof Gelu gelu && gelu.approximate() == Gelu.Approximate.TANH) {
      d.kind(Quern.QUERN_GELU_TANH);
    } else if (layer instanceof Softplus softplus) {
      d.beta(softplus.beta()).threshold(softplus.threshold());
    }
    return d;
  }

  /** Whether the backward pass goes by the output rather than by the input. */
  public static boolean readsOutput(ActivationDescriptor d) {
    long[] answer = new long[1];
    Status.check(Quern.quern_activation_reads_dst(d, answer));
    return answer[0] == 1;
  }
}

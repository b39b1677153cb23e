package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/**
 * Mish: {@code x * tanh(log(1 + exp(x)))}. Misra, "Mish: A Self Regularized Non-Monotonic
 * Activation Function", 2019.
 */
public record Mish() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Mish> TYPE = LayerType.of("mish", Mish.class, Mish::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}

package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/**
 * SELU: {@code scale * x} above 0 and {@code scale * alpha * (exp(x) - 1)} elsewhere, where alpha
 * is 1.67326 and scale is 1.05070. These constants preserve mean 0 and variance 1 from layer to
 * layer. The derivative at 0 is {@code scale * alpha}. Klambauer et al., "Self-Normalizing Neural
 * Networks", 2017.
 */
public record Selu() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Selu> TYPE = LayerType.of("selu", Selu.class, Selu::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}

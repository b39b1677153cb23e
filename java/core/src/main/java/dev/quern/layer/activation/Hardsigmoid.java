package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Hard sigmoid: {@code min(max(x + 3, 0), 6) / 6}; the derivative at -3 and at 3 is 0. */
public record Hardsigmoid() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Hardsigmoid> TYPE =
      LayerType.of("hardsigmoid", Hardsigmoid.class, Hardsigmoid::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}

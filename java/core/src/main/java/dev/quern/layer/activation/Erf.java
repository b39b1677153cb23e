package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/**
 * The error function: {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to {@code
 * x}.
 */
public record Erf() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Erf> TYPE = LayerType.of("erf", Erf.class, Erf::new).onnx("Erf");

  @Override
  public String type() {
    return TYPE.name();
  }
}

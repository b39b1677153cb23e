package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The reciprocal, {@code 1 / x}; at 0 it is infinite, with the sign of the zero. */
public record Reciprocal() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Reciprocal> TYPE =
      LayerType.of("reciprocal", Reciprocal.class, Reciprocal::new).onnx("Reciprocal");

  @Override
  public String type() {
    return TYPE.name();
  }
}

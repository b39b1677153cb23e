package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Rounding to the nearest integer, halves to even; the derivative is 0. */
public record Round() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Round> TYPE =
      LayerType.of("round", Round.class, Round::new).onnx("Round");

  @Override
  public String type() {
    return TYPE.name();
  }
}

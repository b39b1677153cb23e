package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The absolute value of each element; the derivative at 0 is 0. */
public record Abs() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Abs> TYPE = LayerType.of("abs", Abs.class, Abs::new).onnx("Abs");

  @Override
  public String type() {
    return TYPE.name();
  }
}

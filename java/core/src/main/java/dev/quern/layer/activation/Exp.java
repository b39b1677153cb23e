package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The exponential function, {@code e} to the power of {@code x}; infinite above about 88.7. */
public record Exp() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Exp> TYPE = LayerType.of("exp", Exp.class, Exp::new).onnx("Exp");

  @Override
  public String type() {
    return TYPE.name();
  }
}

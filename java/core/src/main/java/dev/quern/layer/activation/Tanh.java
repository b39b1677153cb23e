package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The hyperbolic tangent. */
public record Tanh() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Tanh> TYPE =
      LayerType.of("tanh", Tanh.class, Tanh::new).onnx("Tanh");

  @Override
  public String type() {
    return TYPE.name();
  }
}

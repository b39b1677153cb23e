package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The hyperbolic tangent. */
public record Tanh() implements Activation {
  /** Its name and its options. */
  public static final LayerType<Tanh> TYPE =
      LayerType.of("tanh", Tanh.class, Tanh::new).onnx("Tanh");

  @Override
  public String type() {
    return TYPE.name();
  }
}

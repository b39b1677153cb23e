package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Sigmoid: {@code 1 / (1 + exp(-x))}. */
public record Sigmoid() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Sigmoid> TYPE =
      LayerType.of("sigmoid", Sigmoid.class, Sigmoid::new).onnx("Sigmoid");

  @Override
  public String type() {
    return TYPE.name();
  }
}

package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Ceiling: the smallest integer that is at least {@code x}; the derivative is 0. */
public record Ceil() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Ceil> TYPE =
      LayerType.of("ceil", Ceil.class, Ceil::new).onnx("Ceil");

  @Override
  public String type() {
    return TYPE.name();
  }
}

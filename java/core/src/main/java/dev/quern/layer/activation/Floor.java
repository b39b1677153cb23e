package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Floor: the largest integer that is at most {@code x}; the derivative is 0. */
public record Floor() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Floor> TYPE =
      LayerType.of("floor", Floor.class, Floor::new).onnx("Floor");

  @Override
  public String type() {
    return TYPE.name();
  }
}

package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The natural logarithm: NaN below 0, and {@code -Infinity} at 0. */
public record Log() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Log> TYPE = LayerType.of("log", Log.class, Log::new).onnx("Log");

  @Override
  public String type() {
    return TYPE.name();
  }
}

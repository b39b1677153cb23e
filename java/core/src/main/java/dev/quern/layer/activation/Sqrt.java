package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** The square root: NaN below 0; the derivative at 0 is infinite. */
public record Sqrt() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Sqrt> TYPE =
      LayerType.of("sqrt", Sqrt.class, Sqrt::new).onnx("Sqrt");

  @Override
  public String type() {
    return TYPE.name();
  }
}

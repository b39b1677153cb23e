package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/** {@code max(x, 0)}, of any shape; NaN stays NaN, and the derivative at 0 is 0. */
public record Relu() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Relu> TYPE =
      LayerType.of("relu", Relu.class, Relu::new).onnx("Relu");

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }
}

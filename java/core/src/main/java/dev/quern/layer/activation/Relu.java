package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/** ReLU: {@code max(x, 0)}, for any shape. NaN yields NaN, and the derivative at 0 is 0. */
public record Relu() implements Layer {
  /** The type of this layer: its name and its options in network files. */
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

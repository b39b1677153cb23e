package dev.quern.layer.activation;

import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Softmax over the classes or channels (axis 1 of {@code [N, C]} and {@code [N, C, H, W]}),
 * numerically stable for any input.
 */
public record Softmax() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Softmax> TYPE =
      LayerType.of("softmax", Softmax.class, Softmax::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.featuresOrImage("softmax", input);
  }
}

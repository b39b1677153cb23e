package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Elementwise comparison of two inputs with broadcasting: 1 if the relation holds, else 0. Along
 * each axis, the inputs have equal sizes or one of them has size 1. A comparison with NaN yields 0.
 * The gradient is 0.
 *
 * @param kind the relation
 */
public record Compare(Kind kind) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Compare> TYPE =
      LayerType.of("compare", Compare.class)
          .choice("kind", Kind.class, null, Compare::kind)
          .made(v -> new Compare(v.choice("kind", Kind.class)));

  /**
   * The relation: PyTorch's {@code eq}, {@code lt}, {@code le}, {@code gt} and {@code ge}, in this
   * order.
   */
  public enum Kind {
    EQUAL,
    LESS,
    LESS_OR_EQUAL,
    GREATER,
    GREATER_OR_EQUAL
  }

  public Compare {
    Require.present("compare", "kind", kind);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("compare", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("compare", inputs);
  }
}

package dev.quern.layer.math;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * 1 where a relation of the first input to the second holds, else 0: along each axis they are of
 * one size, or one of them is 1 and meets all of the other. A comparison with NaN is 0. No gradient
 * passes.
 *
 * @param kind the relation
 */
public record Compare(Kind kind) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Compare> TYPE =
      LayerType.of("compare", Compare.class)
          .choice("kind", Kind.class, null, Compare::kind)
          .made(v -> new Compare(v.choice("kind", Kind.class)));

  /** A relation; PyTorch's are {@code eq}, {@code lt}, {@code le}, {@code gt} and {@code ge}. */
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

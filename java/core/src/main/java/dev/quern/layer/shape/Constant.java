package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Subtract;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A constant tensor, identical for every sample, used as input of layers such as {@link Multiply}
 * or {@link Subtract}. The layer's own input determines only the number of samples and receives a
 * gradient of 0. The values are stored with the layer's options and are not trained.
 *
 * @param shape the shape of one sample, without dynamic dimensions
 * @param values the values in C, H, W order; finite
 */
public record Constant(Shape shape, float[] values) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Constant> TYPE =
      LayerType.of("constant", Constant.class)
          .shape("shape", Constant::shape)
          .numbers("values", Constant::values)
          .made(v -> new Constant(v.shape("shape"), v.numbers("values")));

  public Constant {
    Require.present("constant", "shape", shape);
    values = Require.present("constant", "values", values).clone();
    if (shape.isFree() || shape.rank() == 0 || shape.elements() != values.length) {
      throw new ShapeException("constant: " + values.length + " values do not fill shape " + shape);
    }
    if (values.length == 0) {
      throw new ShapeException("constant: shape " + shape + " is empty");
    }
    for (float v : values) {
      if (!Float.isFinite(v)) {
        throw new InvalidArgumentException("constant: value " + v + " is not finite");
      }
    }
  }

  @Override
  public float[] values() {
    return values.clone();
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("constant", input);
    return shape;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Constant c && shape.equals(c.shape) && Arrays.equals(values, c.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  /** Returns the shape and the values; more than 8 values are replaced by their number. */
  @Override
  public String toString() {
    String text = values.length > 8 ? values.length + " values" : Arrays.toString(values);
    return "Constant[shape=" + shape + ", values=" + text + "]";
  }
}

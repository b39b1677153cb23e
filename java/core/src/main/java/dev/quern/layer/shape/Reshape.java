package dev.quern.layer.shape;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Changes a sample's shape; the values remain in C, H, W order.
 *
 * @param shape the new shape without the batch; one dimension may be -1 and is inferred from the
 *     others
 */
public record Reshape(List<Integer> shape) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Reshape> TYPE =
      LayerType.of("reshape", Reshape.class)
          .integers("shape", Reshape::shape)
          .made(v -> new Reshape(v.integers("shape")));

  public Reshape {
    shape = Require.all("reshape", "shape", shape);
    boolean open = shape.contains(-1);
    if (shape.isEmpty()
        || shape.stream().filter(d -> d == -1).count() > 1
        || shape.stream().anyMatch(d -> d == 0 || d < -1)) {
      throw new InvalidArgumentException(
          "reshape: shape "
              + shape
              + " must have dimensions of at least 1, except one that may be -1");
    }
    if (!open) {
      Shape.of(shape.stream().mapToLong(Integer::longValue).toArray()); // checks the size
    }
  }

  public Reshape(int... shape) {
    this(Arrays.stream(Require.present("reshape", "shape", shape)).boxed().toList());
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    if (Checks.any("reshape", input).isFree()) {
      throw new ShapeException("reshape: input " + input + " has a dynamic height or width");
    }
    long[] dims = shape.stream().mapToLong(Integer::longValue).toArray();
    int open = shape.indexOf(-1);
    if (open >= 0) {
      dims[open] = 1;
      long others = Shape.of(dims).elements();
      dims[open] = input.elements() / others;
    }
    Shape out = Shape.of(dims);
    if (out.elements() != input.elements() || out.elements() == 0) {
      throw new ShapeException(
          "reshape: input " + input + " of " + input.elements() + " values does not fit " + shape);
    }
    return out;
  }
}

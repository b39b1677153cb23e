package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The matrix product of two inputs, as PyTorch's {@code matmul}: {@code [..., M, K]} times {@code
 * [..., K, N]} is {@code [..., M, N]}. Samples have 2 to 6 axes. The axes before the last two are
 * batch axes and must be equal in both inputs. For a product with a trainable weight, use {@link
 * Linear}.
 */
public record Matmul() implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Matmul> TYPE = LayerType.of("matmul", Matmul.class, Matmul::new);

  private static final int LEAST_AXES = 2;

  private static final int MOST_AXES = 6;

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
    return outputShape(List.of(Checks.any("matmul", input)));
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("matmul", inputs);
    if (all.size() != 2) {
      throw new ShapeException("matmul: expects 2 inputs, found " + all.size());
    }
    Shape a = all.get(0);
    Shape b = all.get(1);
    int axes = a.rank();
    if (axes < LEAST_AXES || axes > MOST_AXES) {
      throw new ShapeException(
          "matmul: input " + a + " must have 2 to 6 axes [..., rows, columns], found " + axes);
    }
    long[] dims = a.toArray();
    boolean fits = b.rank() == axes;
    for (int i = 0; fits && i < axes - 2; i++) {
      fits = dims[i] == b.toArray()[i];
    }
    if (!fits) {
      throw new ShapeException(
          "matmul: input "
              + a
              + " and other "
              + b
              + " must be equal in all axes before the last two");
    }
    if (a.isFree(axes - 1) || b.isFree(axes - 2) || a.dim(axes - 1) != b.dim(axes - 2)) {
      throw new ShapeException(
          "matmul: the number of columns of input "
              + a
              + " must equal the number of rows of other "
              + b);
    }
    dims[axes - 1] = b.toArray()[axes - 1];
    return Shape.of(dims);
  }

  @Override
  public long multiplyAdds(List<Shape> inputs) {
    List<Shape> all = Checks.several("matmul", inputs);
    Shape a = all.get(0);
    return Checks.product("matmul", outputShape(all).elements(), a.dim(a.rank() - 1));
  }
}

package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Linear;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The matrix product of two values, as PyTorch's {@code matmul}: {@code [..., M, K]} by {@code
 * [..., K, N]} gives {@code [..., M, N]}. Samples have 2 to 6 axes, and the axes before the last
 * two are the same in both: a matrix for each of them. A weight in place of the second value is
 * {@link Linear}.
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
      throw new ShapeException("matmul: takes 2 inputs, not " + all.size());
    }
    Shape a = all.get(0);
    Shape b = all.get(1);
    int axes = a.rank();
    if (axes < LEAST_AXES || axes > MOST_AXES) {
      throw new ShapeException(
          "matmul: input " + a + " has " + axes + " axes, not 2 to 6: [..., rows, columns]");
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
          "matmul: the columns of input " + a + " are not as many as the rows of other " + b);
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

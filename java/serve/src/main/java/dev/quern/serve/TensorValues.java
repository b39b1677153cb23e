package dev.quern.serve;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The values of an input or output tensor of a request, on the heap. The array is not copied, so
 * the caller must not change the array before the request's future completes.
 *
 * @param shape {@code [N, ...]}
 * @param values the values in row-major order
 */
public record TensorValues(Shape shape, float[] values) {
  /**
   * Creates the values of a tensor.
   *
   * @throws ShapeException if the number of values differs from the shape's number of elements, or
   *     the shape does not have a batch axis
   */
  public TensorValues {
    Require.present("serve", "shape", shape);
    Require.present("serve", "values", values);
    if (shape.rank() < 1
        || shape.isFree()
        || shape.dim(0) > Integer.MAX_VALUE
        || values.length != shape.elements()) {
      throw new ShapeException("serve: " + values.length + " values do not fill " + shape);
    }
  }

  /** Returns the number of samples, N. */
  public int samples() {
    return Math.toIntExact(shape.dim(0));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TensorValues t
        && shape.equals(t.shape)
        && Arrays.equals(values, t.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "TensorValues[shape=" + shape + "]";
  }
}

package dev.quern.reference.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Result of the gradient check of one tensor.
 *
 * @param tensor a parameter's dotted name, or {@code input}
 * @param scale scale of relative errors: the larger of the tensor's largest gradient and a
 *     thousandth of the network's largest gradient
 * @param entries number of entries compared with central differences
 * @param numeric largest difference between reference gradient and central difference; null if no
 *     entry could be compared
 * @param nativeCode largest difference between native and reference gradient; null for the input,
 *     which has no native gradient
 * @param passed whether both differences are within their tolerances
 */
public record TensorCheck(
    String tensor,
    Shape shape,
    double scale,
    int entries,
    @Nullable Difference numeric,
    @Nullable Difference nativeCode,
    boolean passed) {
  public TensorCheck {
    Require.present("tensor check", "tensor, shape", tensor, shape);
    requireEntry(shape, numeric);
    requireEntry(shape, nativeCode);
  }

  /**
   * A checked and an expected value of one gradient entry.
   *
   * @param index the entry's offset in row-major order
   * @param found the checked value
   * @param expected the expected value
   * @param error {@code |found - expected| / scale}; infinite if either value is not finite
   */
  public record Difference(int index, double found, double expected, double error) {
    static Difference of(int index, double found, double expected, double scale) {
      double difference = Math.abs(found - expected);
      double error = difference == 0 ? 0 : difference / scale;
      return new Difference(
          index, found, expected, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }

    /**
     * Returns the difference with the largest error among all entries; its error is 0 for empty
     * arrays.
     */
    static Difference worst(NdArray found, NdArray expected, double scale) {
      Difference worst = new Difference(0, 0, 0, 0);
      for (int i = 0; i < expected.size(); i++) {
        worst = worse(worst, of(i, found.get(i), expected.get(i), scale));
      }
      return worst;
    }

    /**
     * Returns the difference with the larger error, the first if the errors are equal; either may
     * be null.
     */
    static Difference worse(Difference a, Difference b) {
      return a == null || (b != null && b.error > a.error) ? b : a;
    }
  }

  private static void requireEntry(Shape shape, Difference differenceOrNull) {
    int index = differenceOrNull == null ? 0 : differenceOrNull.index();
    if (index < 0 || index >= shape.elements()) {
      throw new InvalidArgumentException(
          "tensor check: entry " + index + " is outside shape " + shape);
    }
  }

  /** Returns an entry's indices, one per axis, for example {@code [3,0,2,2]}. */
  String place(int index) {
    StringBuilder place = new StringBuilder();
    long rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      place.insert(0, (axis == 0 ? "[" : ",") + rest % shape.dim(axis));
      rest /= shape.dim(axis);
    }
    return place + "]";
  }
}

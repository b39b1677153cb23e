package dev.quern.reference.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of the gradients of one tensor.
 *
 * @param tensor a parameter's dotted name, or {@code input}
 * @param scale scale of relative errors: the larger of the tensor's largest gradient and a
 *     thousandth of the network's largest gradient
 * @param entries number of entries with central differences
 * @param numeric the reference's worst gradient with the central difference; null if there is none
 * @param nativeCode the native network's worst gradient with the reference's; null for the input,
 *     which has no native gradient
 * @param passed whether both are within the tolerances
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
   * Two values of one gradient.
   *
   * @param index the entry's offset in row-major order
   * @param found the checked value
   * @param expected the expected value
   * @param error {@code |found - expected| / scale}; infinite if either is not finite
   */
  public record Difference(int index, double found, double expected, double error) {
    static Difference of(int index, double found, double expected, double scale) {
      double difference = Math.abs(found - expected);
      double error = difference == 0 ? 0 : difference / scale;
      return new Difference(
          index, found, expected, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }

    /** The worst of all entries; arrays of no entries differ by nothing. */
    static Difference worst(NdArray found, NdArray expected, double scale) {
      Difference worst = new Difference(0, 0, 0, 0);
      for (int i = 0; i < expected.size(); i++) {
        worst = worse(worst, of(i, found.get(i), expected.get(i), scale));
      }
      return worst;
    }

    /** The worse of two, the first where they are equal; either may be null. */
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

  /** An entry's indices, one an axis, as in {@code [3,0,2,2]}. */
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

package dev.quern.notebook.numpy;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;

/**
 * The few matrix operations of the notebook, on arrays of rank 2. NaN and infinity spread as IEEE
 * 754 has it.
 */
final class Matrices {
  private Matrices() {}

  /** {@code a.dot(b) + bias}: {@code [n, k]} and {@code [k, m]} give {@code [n, m]}. */
  static NdArray dotPlus(NdArray a, NdArray b, NdArray bias) {
    int inner = a.dim(1);
    int columns = b.dim(1);
    NdArray result = new NdArray(Shape.of(a.dim(0), columns));
    for (int row = 0; row < a.dim(0); row++) {
      for (int k = 0; k < inner; k++) {
        addScaled(result, row * columns, a.get(row * inner + k), b, k * columns, columns);
      }
      addScaled(result, row * columns, 1, bias, 0, columns);
    }
    return result;
  }

  /** {@code a.T.dot(b)}: {@code [n, k]} and {@code [n, m]} give {@code [k, m]}. */
  static NdArray transposedDot(NdArray a, NdArray b) {
    int rows = a.dim(1);
    int columns = b.dim(1);
    NdArray result = new NdArray(Shape.of(rows, columns));
    for (int n = 0; n < a.dim(0); n++) {
      for (int row = 0; row < rows; row++) {
        addScaled(result, row * columns, a.get(n * rows + row), b, n * columns, columns);
      }
    }
    return result;
  }

  /** {@code a.dot(b.T)}: {@code [n, k]} and {@code [m, k]} give {@code [n, m]}. */
  static NdArray dotTransposed(NdArray a, NdArray b) {
    int inner = a.dim(1);
    int columns = b.dim(0);
    NdArray result = new NdArray(Shape.of(a.dim(0), columns));
    for (int row = 0; row < a.dim(0); row++) {
      for (int column = 0; column < columns; column++) {
        double sum = 0;
        for (int k = 0; k < inner; k++) {
          sum += a.get(row * inner + k) * b.get(column * inner + k);
        }
        result.set(row * columns + column, sum);
      }
    }
    return result;
  }

  /** {@code np.sum(a, axis=0)}: {@code [n, m]} gives {@code [m]}. */
  static NdArray sumRows(NdArray a) {
    int columns = a.dim(1);
    NdArray result = new NdArray(Shape.of(columns));
    for (int row = 0; row < a.dim(0); row++) {
      addScaled(result, 0, 1, a, row * columns, columns);
    }
    return result;
  }

  private static void addScaled(
      NdArray target, int at, double factor, NdArray source, int from, int count) {
    for (int i = 0; i < count; i++) {
      target.add(at + i, factor * source.get(from + i));
    }
  }
}

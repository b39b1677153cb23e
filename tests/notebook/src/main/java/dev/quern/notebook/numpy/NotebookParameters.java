package dev.quern.notebook.numpy;

import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;

/**
 * The notebook's parameters. Arrays are not copied; nothing here changes them.
 *
 * @param k1 the first convolution's int64 kernel, {@code [3, 5, 5]} row-major
 * @param k2 the second convolution's int64 kernel, {@code [1, 3, 3]} row-major
 * @param w3 {@code [121, 64]}: inputs first, the transpose of a linear layer's weight
 * @param b3 {@code [64]}
 * @param w4 {@code [64, 10]}
 * @param b4 {@code [10]}
 */
public record NotebookParameters(
    long[] k1, long[] k2, NdArray w3, NdArray b3, NdArray w4, NdArray b4) {
  static final int IMAGE_CHANNELS = 3;
  static final int K1_SIZE = 5;
  static final int K2_SIZE = 3;
  static final Shape K1 = Shape.of(IMAGE_CHANNELS, K1_SIZE, K1_SIZE);
  static final Shape K2 = Shape.of(1, K2_SIZE, K2_SIZE);

  private static final Shape W3 = Shape.of(121, 64);
  private static final Shape B3 = Shape.of(64);
  private static final Shape W4 = Shape.of(64, 10);
  private static final Shape B4 = Shape.of(10);

  private static final long[] BINOMIAL = {1, 4, 6, 4, 1};
  private static final long[] SHARPEN = {0, -1, 0, -1, 5, -1, 0, -1, 0};

  /**
   * Parameters as given.
   *
   * @throws ShapeException if one has not the shape above
   */
  public NotebookParameters {
    check("K1", k1.length, K1);
    check("K2", k2.length, K2);
    check("W3", w3, W3);
    check("b3", b3, B3);
    check("W4", w4, W4);
    check("b4", b4, B4);
  }

  /**
   * The values that the notebook starts from: in K1 a binomial blur for each channel (meant to be
   * divided by 256, but the quotient is thrown away), in K2 a sharpening kernel, in the rest
   * standard normal numbers.
   */
  public static NotebookParameters initial(long seed) {
    StandardNormal normal = new StandardNormal(seed);
    return new NotebookParameters(
        blur(),
        SHARPEN.clone(),
        draw(W3, normal),
        draw(B3, normal),
        draw(W4, normal),
        draw(B4, normal));
  }

  private static long[] blur() {
    long[] kernel = new long[IMAGE_CHANNELS * K1_SIZE * K1_SIZE];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = BINOMIAL[i / K1_SIZE % K1_SIZE] * BINOMIAL[i % K1_SIZE];
    }
    return kernel;
  }

  private static NdArray draw(Shape shape, StandardNormal normal) {
    NdArray array = new NdArray(shape);
    for (int i = 0; i < array.size(); i++) {
      array.set(i, normal.next());
    }
    return array;
  }

  /**
   * Gradient descent: each parameter less eta times its gradient, the kernels converted back to
   * int64.
   */
  NotebookParameters descend(NotebookGradients gradients, double eta) {
    return new NotebookParameters(
        descend(k1, gradients.k1(), eta),
        descend(k2, gradients.k2(), eta),
        descend(w3, gradients.w3(), eta),
        descend(b3, gradients.b3(), eta),
        descend(w4, gradients.w4(), eta),
        descend(b4, gradients.b4(), eta));
  }

  private static NdArray descend(NdArray values, NdArray gradient, double eta) {
    NdArray result = new NdArray(values.shape());
    for (int i = 0; i < result.size(); i++) {
      result.set(i, values.get(i) - eta * gradient.get(i));
    }
    return result;
  }

  /**
   * {@code np.subtract(K, dK * eta, out=K, casting="unsafe")}: subtracted as doubles, stored as
   * int64.
   */
  private static long[] descend(long[] kernel, NdArray gradient, double eta) {
    long[] result = new long[kernel.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = Int64.ofDouble(kernel[i] - eta * gradient.get(i));
    }
    return result;
  }

  private static void check(String name, NdArray array, Shape wanted) {
    if (!array.shape().equals(wanted)) {
      throw new ShapeException("notebook: " + name + " " + array.shape() + " must be " + wanted);
    }
  }

  private static void check(String name, int length, Shape wanted) {
    if (length != wanted.elements()) {
      throw new ShapeException(
          "notebook: "
              + name
              + " has "
              + length
              + " values, "
              + wanted
              + " needs "
              + wanted.elements());
    }
  }
}

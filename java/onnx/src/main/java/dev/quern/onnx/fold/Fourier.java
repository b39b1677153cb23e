package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import org.jspecify.annotations.Nullable;

/**
 * The discrete Fourier transform as a matrix, computed in double precision.
 *
 * @param length the number of samples; shorter signals are padded with zeros, longer ones cut
 * @param half whether only the frequencies up to half the rate are computed
 */
public record Fourier(int length, boolean half, boolean inverse) {
  /** The maximum length; the matrix has the square of it. */
  public static final int MOST = 1 << 13;

  /** Returns the number of frequencies. */
  public int bins() {
    return half ? length / 2 + 1 : length;
  }

  private double cos(int bin, int sample) {
    return Math.cos(angle(bin, sample)) / scale();
  }

  private double sin(int bin, int sample) {
    return Math.sin(angle(bin, sample)) / scale();
  }

  private double angle(int bin, int sample) {
    double turns = (double) ((long) bin * sample % length) / length;
    return (inverse ? 2 : -2) * Math.PI * turns;
  }

  private double scale() {
    return inverse ? length : 1;
  }

  /**
   * Returns the matrix {@code [samples * parts, bins * 2]}: a product with rows of samples is a row
   * of frequencies, real part first.
   *
   * @param parts 1 for real samples, 2 for complex ones
   */
  public Const of(int samples, int parts) {
    int columns = 2 * bins();
    float[] out = new float[Fold.size((long) samples * parts, columns)];
    for (int t = 0; t < Math.min(samples, length); t++) {
      for (int k = 0; k < bins(); k++) {
        int at = t * parts * columns + 2 * k;
        out[at] = (float) cos(k, t);
        out[at + 1] = (float) sin(k, t);
        if (parts == 2) {
          out[at + columns] = (float) -sin(k, t);
          out[at + columns + 1] = (float) cos(k, t);
        }
      }
    }
    return Const.of(new long[] {(long) samples * parts, columns}, out);
  }

  /**
   * Returns the kernels {@code [bins * 2, 1, length]} of a convolution that computes the
   * frequencies of real samples.
   *
   * @param window the factor of each sample; null for 1
   */
  public Const kernels(@Nullable Const window) {
    float[] factors = window == null ? null : window.floats();
    float[] out = new float[Fold.size(2L * bins(), length)];
    for (int k = 0; k < bins(); k++) {
      for (int t = 0; t < length; t++) {
        double factor = factors == null ? 1 : factors[t];
        out[2 * k * length + t] = (float) (factor * cos(k, t));
        out[(2 * k + 1) * length + t] = (float) (factor * sin(k, t));
      }
    }
    return Const.of(new long[] {2L * bins(), 1, length}, out);
  }
}

package dev.quern.reference.augment;

import dev.quern.reference.augment.AugmentPicture.Step;
import dev.quern.reference.support.PhiloxReference;

/** Augmentation steps that read neighboring pixels or a whole channel, and random noise. */
final class AugmentFilters {
  private AugmentFilters() {}

  static void blur(AugmentPicture p, Step s) {
    double[] x = densities(s.whole(1), s.number(3));
    double[] y = densities(s.whole(2), s.number(4));
    AugmentPicture from = p.copy();
    p.map(
        (c, i, v) -> {
          double sum = 0;
          for (int k = 0; k < x.length * y.length; k++) {
            int row = i / p.width + k / x.length - y.length / 2;
            int column = i % p.width + k % x.length - x.length / 2;
            int at =
                AugmentPicture.reflected(row, p.height) * p.width
                    + AugmentPicture.reflected(column, p.width);
            sum += y[k / x.length] * x[k % x.length] * from.get(c, at);
          }
          return sum;
        });
  }

  private static double[] densities(int taps, double sigma) {
    double[] weights = new double[taps];
    double sum = 0;
    for (int i = 0; i < taps; i++) {
      double x = (i - taps / 2) / sigma;
      weights[i] = Math.exp(-0.5 * x * x);
      sum += weights[i];
    }
    for (int i = 0; i < taps; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  static void sharpness(AugmentPicture p, double factor) {
    if (p.height <= 2 || p.width <= 2) {
      return;
    }
    AugmentPicture from = p.copy();
    p.map(
        (c, i, v) -> {
          int y = i / p.width;
          int x = i % p.width;
          double smooth = v;
          if (y > 0 && y < p.height - 1 && x > 0 && x < p.width - 1) {
            smooth = 4 * v / 13;
            for (int k = 0; k < 9; k++) {
              smooth += from.get(c, i + (k / 3 - 1) * p.width + k % 3 - 1) / 13;
            }
          }
          return AugmentReference.unit(factor * v + (1 - factor) * smooth);
        });
  }

  static void noise(AugmentPicture p, Step s) {
    double[] normal = normal(s.key(3), p.values.length);
    p.map(
        (c, i, v) ->
            AugmentReference.unit(v + s.number(1) + s.number(2) * normal[c * p.plane() + i]));
  }

  /**
   * Returns {@code count} standard normal numbers by the Box-Muller transform; two random words
   * make two numbers.
   */
  static double[] normal(long key, int count) {
    double[] to = new double[count];
    for (int i = 0; i < count; i++) {
      long[] words = PhiloxReference.words(key, i / 4, 0, 0, 0);
      long a = words[i % 4 / 2 * 2];
      long b = words[i % 4 / 2 * 2 + 1];
      double radius = Math.sqrt(-2 * Math.log(((a >> 8) + 1) * 0x1p-24));
      double angle = 2 * Math.PI * (b >> 8) * 0x1p-24;
      to[i] = radius * (i % 2 == 0 ? Math.cos(angle) : Math.sin(angle));
    }
    return to;
  }

  static void equalize(AugmentPicture p) {
    for (int c = 0; c < p.channels; c++) {
      int[] counts = new int[256];
      int most = 0;
      for (int i = 0; i < p.plane(); i++) {
        counts[level(p.get(c, i))]++;
        most = Math.max(most, level(p.get(c, i)));
      }
      int step = (p.plane() - counts[most]) / 255;
      for (int i = 0; i < p.plane(); i++) {
        int level = level(p.get(c, i));
        int below = 0;
        for (int k = 0; k < level; k++) {
          below += counts[k];
        }
        int mapped = level == 0 ? 0 : Math.min((below + step / 2) / Math.max(step, 1), 255);
        p.set(c, i, (step == 0 ? level : mapped) / 255.0);
      }
    }
  }

  /** Quantizes a value in [0, 1] to one of 256 levels, as torchvision does. */
  private static int level(double v) {
    return (int) (AugmentReference.unit(v) * (256 - 1e-3));
  }
}

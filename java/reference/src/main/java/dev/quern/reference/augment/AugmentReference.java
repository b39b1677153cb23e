package dev.quern.reference.augment;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of the augmentation steps of {@code quern_augment_apply}, in double
 * precision.
 */
public final class AugmentReference {
  /**
   * Number of words per step: the operation and its arguments, as documented in {@code quern.h}.
   */
  public static final int WORDS = 16;

  private AugmentReference() {}

  /**
   * Applies augmentation steps to an image.
   *
   * @param image values from 0 to 1, in C, H, W order
   * @param shape {@code [C, H, W]}
   * @param steps the steps, {@link #WORDS} integers each
   * @param mean mean per channel, the value of erased pixels in some steps
   * @param std standard deviation per channel
   * @throws ShapeException if the sizes do not match
   * @throws InvalidArgumentException if an argument is null, or an operation is unknown
   */
  public static double[] apply(
      double[] image, Shape shape, int[] steps, double[] mean, double[] std) {
    Require.present("augment", "image, shape, steps, mean, std", image, shape, steps, mean, std);
    int[] own = steps.clone(); // the caller's array may change after the checks
    if (shape.rank() != 3 || shape.elements() < 1 || image.length != shape.elements()) {
      throw new ShapeException("augment: " + image.length + " values do not fill image " + shape);
    }
    if (mean.length != shape.dim(0) || std.length != shape.dim(0)) {
      throw new ShapeException("augment: mean and std must have one value per channel of " + shape);
    }
    if (own.length % WORDS != 0) {
      throw new ShapeException("augment: " + own.length + " words are not steps of 16");
    }
    AugmentPicture p = new AugmentPicture(shape, image.clone());
    for (int at = 0; at < own.length && own[at] != 0; at += WORDS) {
      run(p, new AugmentPicture.Step(own, at), mean, std);
    }
    return p.values;
  }

  private static void run(AugmentPicture p, AugmentPicture.Step s, double[] mean, double[] std) {
    switch (s.operation()) {
      case 1 -> AugmentGeometry.move(p, s);
      case 2 -> AugmentGeometry.warp(p, s);
      case 3 -> AugmentGeometry.erase(p, s, mean, std);
      case 4 -> p.map((c, i, v) -> unit(s.number(1) * v));
      case 5 -> contrast(p, s.number(1));
      case 6 -> saturation(p, s.number(1));
      case 7 -> hue(p, s.number(1));
      case 8 -> saturation(p, 0);
      case 9 -> AugmentFilters.blur(p, s);
      case 10 -> AugmentFilters.noise(p, s);
      case 11 -> AugmentFilters.sharpness(p, s.number(1));
      case 12 -> posterize(p, 1 << s.whole(1));
      case 13 -> p.map((c, i, v) -> v >= s.number(1) ? 1 - v : v);
      case 14 -> autocontrast(p);
      case 15 -> AugmentFilters.equalize(p);
      case 16 -> p.map((c, i, v) -> 1 - v);
      default ->
          throw new InvalidArgumentException("augment: operation " + s.operation() + " is unknown");
    }
  }

  static double unit(double v) {
    return Math.min(Math.max(v, 0), 1);
  }

  private static double grey(AugmentPicture p, int i) {
    return p.channels == 3
        ? 0.2989 * p.get(0, i) + 0.587 * p.get(1, i) + 0.114 * p.get(2, i)
        : p.get(0, i);
  }

  private static void contrast(AugmentPicture p, double factor) {
    double sum = 0;
    for (int i = 0; i < p.plane(); i++) {
      sum += grey(p, i);
    }
    double middle = sum / p.plane();
    p.map((c, i, v) -> unit(factor * v + (1 - factor) * middle));
  }

  private static void saturation(AugmentPicture p, double factor) {
    if (p.channels == 3) {
      double[] grey = new double[p.plane()];
      for (int i = 0; i < grey.length; i++) {
        grey[i] = grey(p, i);
      }
      p.map((c, i, v) -> unit(factor * v + (1 - factor) * grey[i]));
    }
  }

  private static void hue(AugmentPicture p, double turn) {
    for (int i = 0; p.channels == 3 && i < p.plane(); i++) {
      double[] rgb = {p.get(0, i), p.get(1, i), p.get(2, i)};
      double most = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
      double least = Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
      if (most == least) {
        continue;
      }
      int top = rgb[0] == most ? 0 : rgb[1] == most ? 1 : 2;
      double h = (2 * top + (rgb[(top + 1) % 3] - rgb[(top + 2) % 3]) / (most - least)) / 6 + turn;
      for (int c = 0; c < 3; c++) {
        // angle from this channel's primary color to the hue, in sixths of the circle
        double away = ((h * 6 - 2 * c) % 6 + 6) % 6;
        double part = unit(2 - Math.min(away, 6 - away)); // 1 within a sixth, 0 from two sixths on
        p.set(c, i, least + part * (most - least));
      }
    }
  }

  private static void posterize(AugmentPicture p, int levels) {
    p.map((c, i, v) -> Math.min(Math.floor(unit(v) * levels), levels - 1) / levels);
  }

  private static void autocontrast(AugmentPicture p) {
    double[] least = new double[p.channels];
    double[] most = new double[p.channels];
    for (int c = 0; c < p.channels; c++) {
      least[c] = most[c] = p.get(c, 0);
      for (int i = 0; i < p.plane(); i++) {
        least[c] = Math.min(least[c], p.get(c, i));
        most[c] = Math.max(most[c], p.get(c, i));
      }
    }
    p.map((c, i, v) -> most[c] > least[c] ? unit((v - least[c]) / (most[c] - least[c])) : v);
  }
}

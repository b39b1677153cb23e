package dev.quern.reference.augment;

import dev.quern.tensor.Shape;

/** An image whose values the augmentation steps change. */
final class AugmentPicture {
  final int channels;
  final int height;
  final int width;
  double[] values;

  AugmentPicture(Shape shape, double[] values) {
    channels = (int) shape.dim(0);
    height = (int) shape.dim(1);
    width = (int) shape.dim(2);
    this.values = values;
  }

  /** Computes the new value of pixel {@code i} of channel {@code c} from its value {@code v}. */
  interface Change {
    double of(int channel, int i, double v);
  }

  /**
   * One augmentation step: {@link AugmentReference#WORDS} words from index {@code at}, each an
   * integer or the bits of a float.
   */
  record Step(int[] words, int at) {
    int operation() {
      return words[at];
    }

    int whole(int i) {
      return words[at + i];
    }

    double number(int i) {
      return Float.intBitsToFloat(words[at + i]);
    }

    long key(int i) {
      return (whole(i) & 0xFFFFFFFFL) | ((long) whole(i + 1) << 32);
    }
  }

  AugmentPicture copy() {
    return new AugmentPicture(Shape.of(channels, height, width), values.clone());
  }

  int plane() {
    return height * width;
  }

  double get(int c, int i) {
    return values[c * plane() + i];
  }

  void set(int c, int i, double v) {
    values[c * plane() + i] = v;
  }

  void map(Change change) {
    double[] to = new double[values.length];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < plane(); i++) {
        to[c * plane() + i] = change.of(c, i, get(c, i));
      }
    }
    values = to;
  }

  /**
   * Maps a coordinate outside an axis into it by reflection; the border pixels are not repeated.
   */
  static int reflected(long at, int length) {
    if (length == 1) {
      return 0;
    }
    int period = 2 * (length - 1);
    int folded = Math.floorMod(at, period);
    return folded < length ? folded : period - folded;
  }
}

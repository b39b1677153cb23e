package dev.quern.reference.augment;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of mixup and CutMix in double precision, as {@link
 * dev.quern.augment.Mix} applies them in training: each sample is mixed with the previous sample of
 * its batch, and the first sample with the last.
 */
public final class MixReference {
  private MixReference() {}

  /**
   * Mixes each sample x with the previous one: {@code own x + (1 - own) previous}.
   *
   * @param batch {@code [N, ...]}, samples or their targets
   * @param own weight of the sample itself, from 0 to 1
   * @throws InvalidArgumentException if an argument is null, or own is outside [0, 1]
   */
  public static NdArray sum(NdArray batch, double own) {
    Require.present("mix", "batch", batch);
    requirePart(own);
    int n = count(batch);
    int each = batch.size() / n;
    NdArray out = new NdArray(batch.shape());
    for (int i = 0; i < n * each; i++) {
      double other = batch.get((i + (n - 1) * each) % (n * each));
      out.set(i, own * batch.get(i) + (1 - own) * other);
    }
    return out;
  }

  /**
   * Replaces a rectangle of each image by the same rectangle of the previous image, as CutMix does.
   *
   * @param batch {@code [N, C, H, W]}
   * @param box top, left, number of rows and number of columns, within the image
   * @throws InvalidArgumentException if an argument is null, or the rectangle is not inside the
   *     image
   */
  public static NdArray box(NdArray batch, int... box) {
    Require.present("mix", "batch, box", batch, box);
    int[] own = box.clone();
    if (batch.shape().rank() != 4) {
      throw new ShapeException("mix: " + batch.shape() + " is not a batch of images");
    }
    int n = count(batch);
    int channels = batch.dim(1);
    int height = batch.dim(2);
    int width = batch.dim(3);
    requireInside(own, height, width);
    NdArray out = new NdArray(batch.shape());
    for (int i = 0; i < batch.size(); i++) {
      int y = i / width % height - own[0];
      int x = i % width - own[1];
      int image = i / (channels * height * width);
      boolean others = y >= 0 && y < own[2] && x >= 0 && x < own[3];
      int from = image > 0 ? image - 1 : n - 1;
      out.set(i, batch.get(others ? i + (from - image) * channels * height * width : i));
    }
    return out;
  }

  /**
   * Returns the class probabilities {@code [N, C]} of mixed labels.
   *
   * @param classes number of classes C
   * @param own weight of each sample's own label, from 0 to 1; the rest is the weight of the
   *     previous sample's label
   * @throws InvalidArgumentException if an argument is null, own is outside [0, 1], or a label is
   *     not a class
   */
  public static NdArray labels(int[] labels, int classes, double own) {
    Require.present("mix", "labels", labels);
    int[] mine = labels.clone();
    if (classes < 1 || mine.length < 1) {
      throw new ShapeException("mix: labels are empty, or classes " + classes + " is below 1");
    }
    NdArray out = new NdArray(Shape.of(mine.length, classes));
    for (int i = 0; i < mine.length; i++) {
      if (mine[i] < 0 || mine[i] >= classes) {
        throw new InvalidArgumentException(
            "mix: label " + mine[i] + " is not one of " + classes + " classes");
      }
      out.set(i * classes + mine[i], 1);
    }
    return sum(out, own);
  }

  private static int count(NdArray batch) {
    if (batch.shape().rank() < 1 || batch.size() < 1) {
      throw new ShapeException("mix: " + batch.shape() + " is not a batch of samples");
    }
    return batch.dim(0);
  }

  private static void requirePart(double own) {
    if (!(own >= 0 && own <= 1)) {
      throw new InvalidArgumentException("mix: part " + own + " is outside [0, 1]");
    }
  }

  private static void requireInside(int[] box, int height, int width) {
    boolean inside =
        box.length == 4
            && box[0] >= 0
            && box[1] >= 0
            && box[2] >= 0
            && box[3] >= 0
            && box[0] <= height - box[2]
            && box[1] <= width - box[3];
    if (!inside) {
      throw new InvalidArgumentException(
          "mix: top, left, rows and columns are not in an image of " + height + "x" + width);
    }
  }
}

package dev.quern.plan.load;

import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.StepList;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/**
 * Applies an image's geometric augmentation steps to a target with one value per pixel, with
 * nearest-neighbor sampling. Color steps do not change the target. Not thread-safe.
 */
final class MaskMoves {
  private final StepList list;
  private final int height;
  private final int width;
  private int[] words = {};

  /**
   * Creates the transformation.
   *
   * @param image shape of an image, {@code [C, H, W]}
   */
  MaskMoves(Shape image) {
    height = (int) image.dim(1);
    width = (int) image.dim(2);
    list = new StepList(height, width);
  }

  /** Returns whether a target has the image's height and width. */
  static boolean fit(Shape image, Shape target) {
    int rank = target.rank();
    return image.rank() == 3
        && rank >= 2
        && target.dim(rank - 2) == image.dim(1)
        && target.dim(rank - 1) == image.dim(2);
  }

  /**
   * Returns a copy of a target, transformed with the image's augmentation steps.
   *
   * @param target values as {@code [..., H, W]}, with the image's height and width
   * @param image index of the image; it determines the image's random steps
   * @param outside value for pixels outside the image
   */
  float[] moved(float[] target, int image, EpochAugmentation moves, float outside) {
    int most = Math.max(moves.mostSteps(), 1);
    if (words.length < most * AugmentKernel.WORDS) {
      words = new int[most * AugmentKernel.WORDS];
    }
    list.begin(words, 0, most);
    moves.steps(image, list);
    list.end();
    float[] from = target;
    for (int at = 0; at < most * AugmentKernel.WORDS; at += AugmentKernel.WORDS) {
      if (words[at] == AugmentKernel.MOVE || words[at] == AugmentKernel.WARP) {
        from = step(from, at, outside);
      }
    }
    return from;
  }

  private float[] step(float[] from, int at, float outside) {
    float[] to = new float[from.length];
    Arrays.fill(to, outside);
    int plane = height * width;
    for (int i = 0; i < plane; i++) {
      int source = words[at] == AugmentKernel.MOVE ? move(i, at) : warp(i, at);
      for (int p = 0; source >= 0 && p < from.length; p += plane) {
        to[p + i] = from[p + source];
      }
    }
    return to;
  }

  /**
   * Returns the index of the pixel that a shift or flip moves to pixel {@code i}; -1 if it is
   * outside the image.
   */
  private int move(int i, int at) {
    int how = words[at + 3];
    int y = ((how & LayoutKernel.UPSIDE_DOWN) == 0 ? i / width : height - 1 - i / width);
    int x = ((how & LayoutKernel.MIRRORED) == 0 ? i % width : width - 1 - i % width);
    y += words[at + 1];
    x += words[at + 2];
    if ((how & LayoutKernel.REFLECT) != 0) {
      y = FloatStage.reflected(y, height);
      x = FloatStage.reflected(x, width);
    }
    return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : -1;
  }

  private int warp(int i, int at) {
    double middleX = (width - 1) / 2.0;
    double middleY = (height - 1) / 2.0;
    double x = i % width - middleX;
    double y = i / width - middleY;
    double z = number(at + 7) * x + number(at + 8) * y + number(at + 9);
    double fromX = (number(at + 1) * x + number(at + 2) * y + number(at + 3)) / z + middleX;
    double fromY = (number(at + 4) * x + number(at + 5) * y + number(at + 6)) / z + middleY;
    double nearX = Math.rint(fromX);
    double nearY = Math.rint(fromY);
    if (words[at + 14] != 0) {
      nearX = Math.min(Math.max(nearX, words[at + 10]), words[at + 12]);
      nearY = Math.min(Math.max(nearY, words[at + 11]), words[at + 13]);
    }
    boolean inside =
        nearX >= words[at + 10]
            && nearX <= words[at + 12]
            && nearY >= words[at + 11]
            && nearY <= words[at + 13];
    return inside ? (int) nearY * width + (int) nearX : -1;
  }

  private double number(int at) {
    return Float.intBitsToFloat(words[at]);
  }
}

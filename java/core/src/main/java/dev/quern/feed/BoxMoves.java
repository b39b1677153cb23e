package dev.quern.feed;

import dev.quern.data.BoxMove;
import dev.quern.error.InvalidArgumentException;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.tensor.Shape;

/**
 * Maps bounding boxes of an image through its augmentation steps, except through custom
 * augmentations, whose effect is unknown. The steps are drawn when the first box is mapped. Not
 * thread-safe.
 */
public final class BoxMoves implements BoxMove {
  private final EpochAugmentation moves;
  private final int image;
  private final int height;
  private final int width;

  /** The encoded steps; null until the first box is mapped. */
  private int[] words;

  /**
   * Creates the box mapping of one image.
   *
   * @param image index of the image in its data set
   * @param shape shape of the image, {@code [C, H, W]}
   */
  public BoxMoves(EpochAugmentation moves, int image, Shape shape) {
    this.moves = moves;
    this.image = image;
    height = (int) shape.dim(1);
    width = (int) shape.dim(2);
  }

  @Override
  public double[] moved(double left, double top, double right, double bottom) {
    if (!Double.isFinite(left - right) || !Double.isFinite(top - bottom)) {
      throw new InvalidArgumentException(
          "augment boxes: " + left + ", " + top + ", " + right + ", " + bottom + " must be finite");
    }
    if (words == null) {
      words = steps();
    }
    return through(words, height, width, new double[] {left, top, right, bottom});
  }

  private int[] steps() {
    int most = Math.max(moves.mostSteps(), 1);
    int[] all = new int[most * AugmentKernel.WORDS];
    StepList list = new StepList(height, width);
    list.begin(all, 0, most);
    moves.steps(image, list);
    list.end();
    return all;
  }

  /**
   * Maps a box through steps that {@link StepList} encoded, and clips it to the image.
   *
   * @param sides left, top, right and bottom of the box, in pixels
   */
  public static double[] through(int[] words, int height, int width, double[] sides) {
    double[] box = sides;
    for (int at = 0; at < words.length; at += AugmentKernel.WORDS) {
      if (words[at] == AugmentKernel.MOVE) {
        box = clipped(move(words, at, height, width, box), height, width);
      } else if (words[at] == AugmentKernel.WARP) {
        box = clipped(warp(words, at, height, width, box), height, width);
      }
    }
    return clipped(box, height, width);
  }

  private static double[] clipped(double[] b, int height, int width) {
    return new double[] {
      inside(b[0], width), inside(b[1], height), inside(b[2], width), inside(b[3], height)
    };
  }

  private static double inside(double value, double most) {
    return Math.max(0, Math.min(value, most));
  }

  private static double[] move(int[] words, int at, int height, int width, double[] b) {
    int how = words[at + 3];
    double x0 = b[0] - words[at + 2];
    double y0 = b[1] - words[at + 1];
    double x1 = b[2] - words[at + 2];
    double y1 = b[3] - words[at + 1];
    boolean mirrored = (how & LayoutKernel.MIRRORED) != 0;
    boolean upsideDown = (how & LayoutKernel.UPSIDE_DOWN) != 0;
    return new double[] {
      mirrored ? width - x1 : x0,
      upsideDown ? height - y1 : y0,
      mirrored ? width - x0 : x1,
      upsideDown ? height - y0 : y1
    };
  }

  /** Maps a box by the inverse of a warp, since the warp maps output pixels to input pixels. */
  private static double[] warp(int[] words, int at, int height, int width, double[] b) {
    double[] inverse = inverse(words, at);
    double[] hull = {
      Double.POSITIVE_INFINITY,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    for (int corner = 0; corner < 4; corner++) {
      double x = b[corner % 2 * 2] - width / 2.0;
      double y = b[corner / 2 * 2 + 1] - height / 2.0;
      double z = inverse[6] * x + inverse[7] * y + inverse[8];
      double toX = (inverse[0] * x + inverse[1] * y + inverse[2]) / z + width / 2.0;
      double toY = (inverse[3] * x + inverse[4] * y + inverse[5]) / z + height / 2.0;
      if (!(z > 0) || !Double.isFinite(toX - toY)) {
        return new double[4]; // the corner lies beyond the horizon of the perspective
      }
      hull[0] = Math.min(hull[0], toX);
      hull[1] = Math.min(hull[1], toY);
      hull[2] = Math.max(hull[2], toX);
      hull[3] = Math.max(hull[3], toY);
    }
    return hull;
  }

  private static double[] inverse(int[] words, int at) {
    double[] m = new double[9];
    for (int i = 0; i < 9; i++) {
      m[i] = Float.intBitsToFloat(words[at + 1 + i]);
    }
    double[] adjugate = {
      m[4] * m[8] - m[5] * m[7],
      m[2] * m[7] - m[1] * m[8],
      m[1] * m[5] - m[2] * m[4],
      m[5] * m[6] - m[3] * m[8],
      m[0] * m[8] - m[2] * m[6],
      m[2] * m[3] - m[0] * m[5],
      m[3] * m[7] - m[4] * m[6],
      m[1] * m[6] - m[0] * m[7],
      m[0] * m[4] - m[1] * m[3]
    };
    double determinant = m[0] * adjugate[0] + m[1] * adjugate[3] + m[2] * adjugate[6];
    for (int i = 0; i < 9; i++) {
      adjugate[i] /= determinant;
    }
    return adjugate;
  }
}

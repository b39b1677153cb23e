package dev.quern.feed;

import dev.quern.data.RandomNumbers;
import dev.quern.kernel.AugmentKernel;
import dev.quern.kernel.LayoutKernel;
import java.util.Arrays;

/**
 * Encodes an image's augmentation steps for the native function quern_augment. Consecutive
 * geometric steps are combined if possible, so that each pixel is resampled only once. Not
 * thread-safe.
 */
public final class StepList {
  final int height;
  final int width;
  private int[] words;
  private int end;
  private int next;

  /** The index of the last step in {@code words} if it is a geometric step; otherwise -1. */
  private int last;

  /** The matrix of the last step, if it is a warp. */
  private double[] matrix;

  public StepList(int height, int width) {
    this.height = height;
    this.width = width;
  }

  /**
   * Starts writing at most {@code most} steps, from index {@code at}; {@link #end} clears unused
   * steps.
   */
  public void begin(int[] to, int at, int most) {
    words = to;
    next = at;
    end = at + most * AugmentKernel.WORDS;
    last = -1;
  }

  public void end() {
    Arrays.fill(words, next, end, 0);
  }

  private int add(int operation) {
    int at = next;
    next += AugmentKernel.WORDS;
    Arrays.fill(words, at, next, 0);
    words[at] = operation;
    last = -1;
    return at;
  }

  private boolean endsWith(int operation) {
    return last >= 0 && words[last] == operation;
  }

  private boolean endsWithFlip() {
    return endsWith(AugmentKernel.MOVE)
        && words[last + 1] == 0
        && words[last + 2] == 0
        && (words[last + 3] & LayoutKernel.REFLECT) == 0;
  }

  private boolean lastIs(int flag) {
    return (words[last + 3] & flag) != 0;
  }

  /**
   * Adds a flip.
   *
   * @param flag the direction, a constant of {@link LayoutKernel} for mirrored or upside down
   */
  public void flip(int flag) {
    if (endsWith(AugmentKernel.WARP)) {
      boolean leftRight = flag == LayoutKernel.MIRRORED;
      matrix = Warps.product(matrix, Warps.mirrored(leftRight, !leftRight));
      write();
    } else if (endsWith(AugmentKernel.MOVE)) {
      words[last + 3] ^= flag;
    } else {
      int at = add(AugmentKernel.MOVE);
      words[at + 3] = flag;
      last = at;
    }
  }

  public void move(int down, int right, boolean reflect) {
    int at = endsWithFlip() ? last : add(AugmentKernel.MOVE);
    words[at + 1] = (words[at + 3] & LayoutKernel.UPSIDE_DOWN) == 0 ? down : -down;
    words[at + 2] = (words[at + 3] & LayoutKernel.MIRRORED) == 0 ? right : -right;
    words[at + 3] |= reflect ? LayoutKernel.REFLECT : 0;
    last = at;
  }

  /**
   * Adds a shift with flips.
   *
   * @param numbers pixels down, pixels right, and flags, as quern_images reads them
   */
  void moved(int[] numbers) {
    last = add(AugmentKernel.MOVE);
    System.arraycopy(numbers, 0, words, last + 1, numbers.length);
  }

  /**
   * Adds a warp by a matrix of {@link Warps}; pixels outside the image have the value {@code fill}.
   */
  public void warp(double[] m, double fill) {
    int value = Float.floatToRawIntBits((float) fill);
    if (endsWith(AugmentKernel.WARP) && words[last + 14] == 0 && words[last + 15] == value) {
      matrix = Warps.product(matrix, m);
      write();
    } else {
      warp(m, new int[] {0, 0, width - 1, height - 1}, false, value);
    }
  }

  /** Adds a crop, which enlarges a rectangle to the size of the image. */
  public void crop(int top, int left, int rows, int columns) {
    double[] m = Warps.crop(height, width, top, left, rows, columns);
    warp(m, new int[] {left, top, left + columns - 1, top + rows - 1}, true, 0);
  }

  private void warp(double[] m, int[] bounds, boolean clamps, int fill) {
    matrix = m;
    int[] box = bounds;
    if (endsWithFlip()) {
      boolean x = lastIs(LayoutKernel.MIRRORED);
      boolean y = lastIs(LayoutKernel.UPSIDE_DOWN);
      matrix = Warps.product(Warps.mirrored(x, y), m);
      box =
          new int[] {
            x ? width - 1 - box[2] : box[0],
            y ? height - 1 - box[3] : box[1],
            x ? width - 1 - box[0] : box[2],
            y ? height - 1 - box[1] : box[3]
          };
      next = last;
    }
    int at = add(AugmentKernel.WARP);
    System.arraycopy(box, 0, words, at + 10, 4);
    words[at + 14] = clamps ? 1 : 0;
    words[at + 15] = fill;
    last = at;
    write();
  }

  private void write() {
    for (int i = 0; i < matrix.length; i++) {
      words[last + 1 + i] = Float.floatToRawIntBits((float) matrix[i]);
    }
  }

  /** Adds a step whose parameters are floats. */
  public void numbers(int operation, double... values) {
    int at = add(operation);
    for (int i = 0; i < values.length; i++) {
      words[at + 1 + i] = Float.floatToRawIntBits((float) values[i]);
    }
  }

  public void posterize(int bits) {
    words[add(AugmentKernel.POSTERIZE) + 1] = bits;
  }

  public void blur(int taps, double sigma) {
    int at = add(AugmentKernel.GAUSSIAN_BLUR);
    words[at + 1] = taps;
    words[at + 2] = taps;
    words[at + 3] = Float.floatToRawIntBits((float) sigma);
    words[at + 4] = words[at + 3];
  }

  public void noise(double mean, double sigma, RandomNumbers random) {
    int at = add(AugmentKernel.GAUSSIAN_NOISE);
    words[at + 1] = Float.floatToRawIntBits((float) mean);
    words[at + 2] = Float.floatToRawIntBits((float) sigma);
    key(at + 3, random);
  }

  /**
   * Adds an erased rectangle.
   *
   * @param kind the kind of the new pixel values, a constant of {@link AugmentKernel}
   */
  public void erase(int top, int left, int rows, int columns, int kind, RandomNumbers random) {
    int at = add(AugmentKernel.ERASE);
    words[at + 1] = top;
    words[at + 2] = left;
    words[at + 3] = rows;
    words[at + 4] = columns;
    words[at + 5] = kind;
    key(at + 7, random);
  }

  private void key(int at, RandomNumbers random) {
    long key = random.bits();
    words[at] = (int) key;
    words[at + 1] = (int) (key >>> 32);
  }
}

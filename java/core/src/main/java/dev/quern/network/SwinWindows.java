package dev.quern.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The windows of a block of a Swin transformer: which tokens of a grid belong to which window, and
 * which of them attend to each other.
 */
final class SwinWindows {
  /** Height and width of a window in tokens. */
  static final int SIDE = 7;

  /** Number of tokens of a window. */
  static final int TOKENS = SIDE * SIDE;

  /** Number of relative positions of two tokens of a window. */
  static final int POSITIONS = (2 * SIDE - 1) * (2 * SIDE - 1);

  /** What is added to the score of two tokens that are not neighbors, as in the publication. */
  private static final float HIDDEN = -100;

  private final int height;
  private final int width;
  private final int down;
  private final int right;

  /**
   * @param height height of the grid of tokens, a multiple of {@link #SIDE}
   * @param width width of the grid
   * @param shifted whether the windows are shifted by half a window; an axis with a single window
   *     is not
   */
  SwinWindows(int height, int width, boolean shifted) {
    this.height = height;
    this.width = width;
    down = shifted && height > SIDE ? SIDE / 2 : 0;
    right = shifted && width > SIDE ? SIDE / 2 : 0;
  }

  boolean isShifted() {
    return down + right > 0;
  }

  int count() {
    return height / SIDE * (width / SIDE);
  }

  /** Returns the tokens' indices in the grid, window after window. */
  List<Integer> order() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < height * width; i++) {
      all.add((row(i) + down) % height * width + (column(i) + right) % width);
    }
    return all;
  }

  /** Returns the positions at which an order has the numbers 0, 1, ... */
  static List<Integer> inverse(List<Integer> order) {
    Integer[] all = new Integer[order.size()];
    for (int i = 0; i < all.length; i++) {
      all[order.get(i)] = i;
    }
    return Arrays.asList(all);
  }

  /** Returns the row of token {@code i} of the windows, in the shifted grid. */
  private int row(int i) {
    return i / TOKENS / (width / SIDE) * SIDE + i % TOKENS / SIDE;
  }

  private int column(int i) {
    return i / TOKENS % (width / SIDE) * SIDE + i % SIDE;
  }

  /**
   * Returns the mask of the scores, {@code [windows, 49, 49]}: a shifted window at the border has
   * tokens from opposite borders, which do not attend to each other.
   */
  float[] mask() {
    float[] all = new float[count() * TOKENS * TOKENS];
    for (int i = 0; i < all.length; i++) {
      int query = i / TOKENS;
      int key = query / TOKENS * TOKENS + i % TOKENS;
      all[i] = region(query) == region(key) ? 0 : HIDDEN;
    }
    return all;
  }

  /** Returns which border of the grid a token of a shifted window comes from. */
  private int region(int i) {
    boolean fromTop = down > 0 && row(i) >= height - down;
    boolean fromLeft = right > 0 && column(i) >= width - right;
    return (fromTop ? 2 : 0) + (fromLeft ? 1 : 0);
  }

  /** Returns the relative position of each two tokens of a window, as {@code [49, 49]}. */
  static List<Integer> relativePositions() {
    List<Integer> all = new ArrayList<>();
    for (int query = 0; query < TOKENS; query++) {
      for (int key = 0; key < TOKENS; key++) {
        int rows = query / SIDE - key / SIDE + SIDE - 1;
        int columns = query % SIDE - key % SIDE + SIDE - 1;
        all.add(rows * (2 * SIDE - 1) + columns);
      }
    }
    return all;
  }
}

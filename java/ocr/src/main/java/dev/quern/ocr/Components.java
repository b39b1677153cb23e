package dev.quern.ocr;

import dev.quern.internal.arguments.Heap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The connected components of a map's pixels above a threshold, each pixel with 8 neighbors. */
final class Components {
  /**
   * The corners of the convex hull around the pixels' centers, in order.
   *
   * @param pixels the number of pixels of the component
   */
  record Hull(int[] xs, int[] ys, int pixels) {}

  private final int height;
  private final int width;
  private final boolean[] open;

  /** The pixels of the current component, as indices in the map. */
  private final int[] queue;

  /** The smallest and the largest column of each row of the current component. */
  private final int[] left;

  private final int[] right;

  private Components(float[] map, int height, int width, double threshold) {
    this.height = height;
    this.width = width;
    queue = Heap.ints("ocr", map.length);
    open = new boolean[map.length];
    for (int i = 0; i < map.length; i++) {
      open[i] = map[i] > threshold; // false for NaN
    }
    left = new int[height];
    right = new int[height];
  }

  /**
   * Returns the hulls of the largest components, largest first; of equal size, from top to bottom.
   *
   * @param most the maximum number of components
   */
  static List<Hull> of(float[] map, int height, int width, double threshold, int most) {
    Components all = new Components(map, height, width, threshold);
    List<Hull> hulls = new ArrayList<>();
    for (int i = 0; i < map.length; i++) {
      if (all.open[i]) {
        hulls.add(all.hull(all.filled(i)));
        // sorting is rare, so that the list stays short even for maps of noise
        if (hulls.size() >= 2 * most + 1024) {
          trim(hulls, most);
        }
      }
    }
    trim(hulls, most);
    return hulls;
  }

  private static void trim(List<Hull> hulls, int most) {
    hulls.sort(Comparator.comparingInt(Hull::pixels).reversed());
    hulls.subList(Math.min(most, hulls.size()), hulls.size()).clear();
  }

  /** Moves a component's pixels to the queue, and returns their number. */
  private int filled(int start) {
    int end = 0;
    queue[end++] = start;
    open[start] = false;
    for (int next = 0; next < end; next++) {
      int y = queue[next] / width;
      int x = queue[next] % width;
      for (int ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (int nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          int i = ny * width + nx;
          if (open[i]) {
            open[i] = false;
            queue[end++] = i;
          }
        }
      }
    }
    return end;
  }

  private Hull hull(int count) {
    int top = queue[0] / width; // the first pixel in the map's order is in the top row
    int bottom = top;
    for (int i = 0; i < count; i++) {
      bottom = Math.max(bottom, queue[i] / width);
    }
    for (int y = top; y <= bottom; y++) {
      left[y] = width;
      right[y] = -1;
    }
    for (int i = 0; i < count; i++) {
      int y = queue[i] / width;
      int x = queue[i] % width;
      left[y] = Math.min(left[y], x);
      right[y] = Math.max(right[y], x);
    }
    // Andrew's monotone chain, once for each side
    List<int[]> down = new ArrayList<>();
    List<int[]> up = new ArrayList<>();
    for (int y = top; y <= bottom; y++) {
      add(down, right[y], y);
      add(up, left[bottom - (y - top)], bottom - (y - top));
    }
    down.addAll(up);
    return new Hull(
        down.stream().mapToInt(p -> p[0]).toArray(),
        down.stream().mapToInt(p -> p[1]).toArray(),
        count);
  }

  /** Adds a point to a chain that turns clockwise, and removes points that are no longer on it. */
  private static void add(List<int[]> chain, int x, int y) {
    while (chain.size() > 1) {
      int[] b = chain.get(chain.size() - 1);
      int[] a = chain.get(chain.size() - 2);
      long turn = (long) (b[0] - a[0]) * (y - b[1]) - (long) (b[1] - a[1]) * (x - b[0]);
      if (turn > 0) {
        break;
      }
      chain.remove(chain.size() - 1);
    }
    chain.add(new int[] {x, y});
  }
}

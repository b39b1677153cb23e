package dev.quern.ocr;

import java.util.ArrayList;
import java.util.List;

/**
 * Decoding of a detector's probability map to boxes of text lines: differentiable binarization (DB,
 * Liao et al. 2020, "Real-time Scene Text Detection with Differentiable Binarization"), with the
 * steps of PaddleOCR. The network shrinks each line by a distance of area * ratio / perimeter, so
 * that lines do not touch; {@code unclip} undoes this. A pixel that is NaN has probability 0.
 *
 * @param binarization the probability above which a pixel belongs to text
 * @param box the smallest mean probability in a box
 * @param unclip the ratio by which boxes grow
 */
record DbDecoder(double binarization, double box, double unclip) {
  /** The smallest side of a box in pixels of the map, before it grows. */
  private static final double SHRUNK_SIDE = 3;

  /** The smallest side of a box in pixels of the map, after it has grown. */
  private static final double GROWN_SIDE = 5;

  /** Maximum number of boxes, as in PaddleOCR; limits the time for maps of noise. */
  private static final int MOST_BOXES = 1000;

  /** Returns the boxes in pixels of the map. */
  List<RotatedBox> decode(float[] map, int height, int width) {
    List<RotatedBox> boxes = new ArrayList<>();
    for (Components.Hull hull : Components.of(map, height, width, binarization, MOST_BOXES)) {
      RotatedBox shrunk = RotatedBox.around(hull.xs(), hull.ys());
      if (shrunk.shorterSide() >= SHRUNK_SIDE && score(shrunk, map, height, width) >= box) {
        RotatedBox grown = shrunk.unclipped(unclip);
        if (grown.shorterSide() >= GROWN_SIDE) {
          boxes.add(grown);
        }
      }
    }
    return boxes;
  }

  /** Returns the mean probability of the pixels in a box. */
  private static double score(RotatedBox box, float[] map, int height, int width) {
    int top = (int) Math.max(0, Math.floor(box.y() - box.reachY()));
    int bottom = (int) Math.min(height - 1, Math.ceil(box.y() + box.reachY()));
    int left = (int) Math.max(0, Math.floor(box.x() - box.reachX()));
    int right = (int) Math.min(width - 1, Math.ceil(box.x() + box.reachX()));
    double sum = 0;
    int count = 0;
    for (int y = top; y <= bottom; y++) {
      for (int x = left; x <= right; x++) {
        if (box.contains(x, y)) {
          float p = map[y * width + x];
          sum += Float.isNaN(p) ? 0 : Math.max(0, Math.min(1, p));
          count++;
        }
      }
    }
    return count == 0 ? 0 : sum / count;
  }
}

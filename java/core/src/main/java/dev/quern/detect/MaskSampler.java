package dev.quern.detect;

import dev.quern.data.Placement;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import java.util.Arrays;
import java.util.BitSet;

/** Computes the masks of detections in an image from prototypes. */
final class MaskSampler {
  private static final String OP = "detection: mask";

  /** The probability above which a pixel belongs to a mask. */
  private static final double THRESHOLD = 0.5;

  private final Rows rows;
  private final Raw prototypes;
  private final Placement placed;
  private final double[] coefficients;

  /**
   * Creates a sampler for one image.
   *
   * @param prototypes the prototypes of the rows, {@code [M, H, W]}
   * @param placed the placement of the image in the network's input
   */
  MaskSampler(Rows rows, Raw prototypes, Placement placed) {
    this.rows = rows;
    this.prototypes = prototypes;
    this.placed = placed;
    coefficients = new double[prototypes.dim(0)];
  }

  /**
   * Returns a candidate's mask in pixels of the image.
   *
   * @param box the candidate's box in pixels of the network's input
   */
  Mask mask(int row, Box box) {
    rows.coefficients(row, coefficients);
    MaskAxis down = new MaskAxis(placed.down(), prototypes.dim(1), box.top(), box.bottom());
    MaskAxis across = new MaskAxis(placed.across(), prototypes.dim(2), box.left(), box.right());
    long pixels = (long) down.pixels() * across.pixels();
    if (pixels > Heap.MOST) {
      throw new InvalidArgumentException(
          OP + " of size " + down.pixels() + "x" + across.pixels() + " has too many pixels");
    }
    return Heap.within(OP, () -> sampled(probabilities(down, across), down, across));
  }

  /** Returns the probabilities inside the box, in the resolution of the prototypes. */
  private double[] probabilities(MaskAxis down, MaskAxis across) {
    int width = across.cells();
    double[] all = new double[down.cells() * width];
    for (int m = 0; m < coefficients.length; m++) {
      for (int y = 0; y < down.cells(); y++) {
        int from = (m * prototypes.dim(1) + down.cell() + y) * prototypes.dim(2) + across.cell();
        for (int x = 0; x < width; x++) {
          all[y * width + x] += coefficients[m] * prototypes.at(from + x);
        }
      }
    }
    for (int i = 0; i < all.length; i++) {
      double p = Rows.sigmoid(all[i]);
      all[i] = p > 0 ? p : 0; // NaN would also affect its neighbors
    }
    return all;
  }

  private static Mask sampled(double[] cells, MaskAxis down, MaskAxis across) {
    int width = across.pixels();
    double[] wide = Heap.doubles(OP, (long) down.cells() * width);
    for (int y = 0; y < down.cells(); y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int k = 0; k < MaskAxis.TAPS; k++) {
          sum += across.weight(x, k) * cells[y * across.cells() + across.cell(x, k)];
        }
        wide[y * width + x] = sum;
      }
    }
    BitSet bits = new BitSet(down.pixels() * width);
    double[] line = new double[width];
    for (int y = 0; y < down.pixels(); y++) {
      Arrays.fill(line, 0);
      for (int k = 0; k < MaskAxis.TAPS; k++) {
        double weight = down.weight(y, k);
        int from = down.cell(y, k) * width;
        for (int x = 0; x < width && weight > 0; x++) {
          line[x] += weight * wide[from + x];
        }
      }
      for (int x = 0; x < width; x++) {
        if (line[x] > THRESHOLD) {
          bits.set(y * width + x);
        }
      }
    }
    return Mask.trimmed(across.first(), down.first(), width, down.pixels(), bits);
  }
}

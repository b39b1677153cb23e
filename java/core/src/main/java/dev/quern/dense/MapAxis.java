package dev.quern.dense;

import dev.quern.data.Placement;

/**
 * The part of an axis of a map that shows the image. The map covers the network's input, whose
 * border may be black (letterboxing).
 *
 * @param placed the placement of the image in the network's input along this axis
 * @param length the map's length along this axis
 */
record MapAxis(Placement.Axis placed, int length) {
  /** Returns the index of the first pixel of the map that shows the image, at least in part. */
  int first() {
    long from = Math.max(0, -placed.offset());
    return (int) (from * length / placed.to());
  }

  /** Returns the number of pixels of the map that show the image, at least in part. */
  int count() {
    long end = Math.min(placed.to(), placed.scaled() - placed.offset());
    long last = (end * length + placed.to() - 1) / placed.to();
    return (int) Math.max(1, last - first());
  }

  /**
   * Returns the position of the center of an image's pixel in the visible part of the map, in [0,
   * {@code count() - 1}], where 0 is the center of its first pixel. Pixels that the network does
   * not receive (center crop) have the nearest position.
   */
  double position(int pixel) {
    double input = placed.toInput(pixel + 0.5);
    double at = input * length / placed.to() - 0.5 - first();
    return Math.max(0, Math.min(count() - 1, at));
  }
}

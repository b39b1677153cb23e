package dev.quern.onnx.write;

import dev.quern.tensor.Shape;

/**
 * The windows of adaptive pooling along one axis: output i of n is made of {@code floor(i L / n)}
 * to before {@code ceil((i + 1) L / n)}.
 *
 * @param length of the input; {@link Shape#FREE} if it is not known yet
 * @param count of windows
 */
record AdaptiveWindows(long length, int count) {
  long start(int i) {
    return i * length / count;
  }

  long end(int i) {
    return ((i + 1) * length + count - 1) / count;
  }

  /** Whether there is one, of all that there is. */
  boolean isWhole() {
    return count == 1;
  }

  long kernel() {
    return end(0);
  }

  /** From each window to the next. */
  long stride() {
    return count == 1 ? length : start(1);
  }

  /** Whether all are as wide, and as far from each other: those of a pool. */
  boolean isEven() {
    if (length == Shape.FREE || stride() == 0) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (start(i) != i * stride() || end(i) - start(i) != kernel()) {
        return false;
      }
    }
    return true;
  }
}

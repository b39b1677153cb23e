package dev.quern.onnx.write;

import dev.quern.tensor.Shape;

/**
 * The windows of adaptive pooling along one axis: window i of n covers the inputs from {@code
 * floor(i L / n)} (inclusive) to {@code ceil((i + 1) L / n)} (exclusive).
 *
 * @param length the length L of the input; {@link Shape#FREE} if it is dynamic
 * @param count the number n of windows
 */
record AdaptiveWindows(long length, int count) {
  long start(int i) {
    return i * length / count;
  }

  long end(int i) {
    return ((i + 1) * length + count - 1) / count;
  }

  /** Returns whether there is one window, which covers the whole input. */
  boolean isWhole() {
    return count == 1;
  }

  long kernel() {
    return end(0);
  }

  /** Returns the stride between consecutive windows. */
  long stride() {
    return count == 1 ? length : start(1);
  }

  /** Returns whether all windows have the same size and stride, as in ordinary pooling. */
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

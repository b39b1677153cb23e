package dev.quern.reference.layer;

import dev.quern.tensor.Shape;
import dev.quern.tensor.Size3;

/**
 * The three axes of a window that slides over volumes {@code [N, C, D, H, W]}, with all pairs of a
 * window and a position inside the input.
 */
record VolumeAxes(WindowAxis depth, WindowAxis height, WindowAxis width, Shape output) {

  /** Receives one tap of one window. */
  interface Tap {
    /**
     * Processes a tap.
     *
     * @param window the offset of the window in the output's volume {@code [D', H', W']}
     * @param position the offset in the input's volume {@code [D, H, W]}
     * @param tap the offset in the kernel
     */
    void accept(int window, int position, int tap);
  }

  static VolumeAxes of(
      Shape input, Shape output, Size3 kernel, Size3 stride, Size3 padding, Size3 dilation) {
    return new VolumeAxes(
        axis(input.dim(2), kernel.depth(), stride.depth(), padding.depth(), dilation.depth()),
        axis(input.dim(3), kernel.height(), stride.height(), padding.height(), dilation.height()),
        axis(input.dim(4), kernel.width(), stride.width(), padding.width(), dilation.width()),
        output);
  }

  private static WindowAxis axis(long size, int kernel, int stride, int padding, int dilation) {
    return new WindowAxis((int) size, kernel, stride, padding, padding, dilation);
  }

  int inputs() {
    return depth.input() * height.input() * width.input();
  }

  int outputs() {
    return (int) (output.dim(2) * output.dim(3) * output.dim(4));
  }

  /** Visits the taps inside the input, by window, then in row-major order. */
  void forEach(Tap tap) {
    int rows = (int) output.dim(3);
    int columns = (int) output.dim(4);
    for (int w = 0; w < outputs(); w++) {
      forEach(w, w / columns / rows, w / columns % rows, w % columns, tap);
    }
  }

  private void forEach(int window, int slice, int row, int column, Tap tap) {
    for (int kd = depth.firstTap(slice); kd < depth.endTap(slice); kd++) {
      for (int kh = height.firstTap(row); kh < height.endTap(row); kh++) {
        for (int kw = width.firstTap(column); kw < width.endTap(column); kw++) {
          int plane = depth.position(slice, kd) * height.input() + height.position(row, kh);
          int position = plane * width.input() + width.position(column, kw);
          tap.accept(window, position, (kd * height.kernel() + kh) * width.kernel() + kw);
        }
      }
    }
  }
}

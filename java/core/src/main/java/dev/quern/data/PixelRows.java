package dev.quern.data;

/** Reads the rows of an image as floats from 0 to 255, converted to the channels of a network. */
final class PixelRows {
  private final byte[] pixels;
  private final int height;
  private final int width;

  /** Plane indices of red, green and blue. */
  private final int[] planes;

  private final Preprocessing.Channels order;

  PixelRows(Image image, Preprocessing.Channels order) {
    this.order = order;
    pixels = image.owned();
    height = image.height();
    width = image.width();
    planes = image.channels() == 1 ? new int[] {0, 0, 0} : new int[] {0, 1, 2};
  }

  /** Writes row {@code y} to {@code to}, channel after channel. */
  void read(int y, float[] to) {
    switch (order) {
      case GREY -> grey(y, to);
      case RGB -> colors(y, to, 0, 1, 2);
      case BGR -> colors(y, to, 2, 1, 0);
    }
  }

  private void grey(int y, float[] to) {
    int red = at(planes[0], y);
    int green = at(planes[1], y);
    int blue = at(planes[2], y);
    for (int x = 0; x < width; x++) {
      to[x] =
          red == blue
              ? pixels[red + x] & 0xff
              // ITU-R BT.601, as usual for gray
              : 0.299f * (pixels[red + x] & 0xff)
                  + 0.587f * (pixels[green + x] & 0xff)
                  + 0.114f * (pixels[blue + x] & 0xff);
    }
  }

  private void colors(int y, float[] to, int... order) {
    for (int c = 0; c < order.length; c++) {
      int from = at(planes[order[c]], y);
      for (int x = 0; x < width; x++) {
        to[c * width + x] = pixels[from + x] & 0xff;
      }
    }
  }

  private int at(int plane, int y) {
    return (plane * height + y) * width;
  }
}

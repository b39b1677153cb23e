package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;

/** An image that is being made. */
final class Planes {
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] bytes;

  /** Black. */
  Planes(int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    long size = (long) channels * height * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          "image: " + width + " x " + height + " pixels are more than an array holds");
    }
    bytes = new byte[(int) size];
  }

  void put(int channel, int y, int x, int value) {
    bytes[(channel * height + y) * width + x] = (byte) value;
  }

  /** A pixel of these colours, or of the blue where the image is grey. */
  void put(int y, int x, int rgb) {
    for (int c = channels - 1; c >= 0; c--) {
      put(c, y, x, rgb);
      rgb >>= 8;
    }
  }

  /** Red, green and blue of the pixel of this number, row after row. */
  void put(int pixel, byte red, byte green, byte blue) {
    int plane = height * width;
    bytes[pixel] = red;
    bytes[plane + pixel] = green;
    bytes[2 * plane + pixel] = blue;
  }

  /** All values of all planes. */
  void fill(byte[] values) {
    System.arraycopy(values, 0, bytes, 0, bytes.length);
  }

  Image image() {
    return Image.of(Shape.of(channels, height, width), bytes);
  }
}

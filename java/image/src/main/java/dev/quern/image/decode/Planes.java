package dev.quern.image.decode;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;

/** An image under construction, stored as one plane per channel. */
public final class Planes {
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] bytes;

  /** Creates an image whose pixels are all black. */
  public Planes(int channels, int height, int width) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    long size = (long) channels * height * width;
    if (size > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          "image: " + width + " x " + height + " pixels are more than a Java array can contain");
    }
    bytes = new byte[(int) size];
  }

  void put(int channel, int y, int x, int value) {
    bytes[(channel * height + y) * width + x] = (byte) value;
  }

  /** Sets a pixel to a packed RGB color; a grayscale image stores the blue component. */
  void put(int y, int x, int rgb) {
    for (int c = channels - 1; c >= 0; c--) {
      put(c, y, x, rgb);
      rgb >>= 8;
    }
  }

  /** Sets the red, green and blue of a pixel by its row-major index. */
  public void put(int pixel, byte red, byte green, byte blue) {
    int plane = height * width;
    bytes[pixel] = red;
    bytes[plane + pixel] = green;
    bytes[2 * plane + pixel] = blue;
  }

  /** Copies values into the first plane, from the pixel with this row-major index on. */
  void fill(int pixel, byte[] values, int count) {
    System.arraycopy(values, 0, bytes, pixel, count);
  }

  int get(int channel, int y, int x) {
    return bytes[(channel * height + y) * width + x];
  }

  int channels() {
    return channels;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** Returns the finished image, which uses this object's bytes without a copy. */
  public Image image() {
    return Image.owning(Shape.of(channels, height, width), bytes);
  }
}

package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An alpha mask (alpha matte): the opacity of each pixel of an image, from 0 for the background to
 * 1 for the foreground. Immutable and thread-safe.
 */
public final class AlphaMask {
  private static final String OP = "alpha mask";
  private static final int COLORS = 3;
  private static final int MOST_COLOR = 0xFFFFFF;

  private final int height;
  private final int width;
  private final float[] values;

  private AlphaMask(int height, int width, float[] values) {
    this.height = height;
    this.width = width;
    this.values = values;
  }

  /**
   * Creates a mask.
   *
   * @param values the opacities, row by row, each from 0 to 1; copied
   * @throws ShapeException if the number of values differs from {@code height * width}, or a side
   *     is less than 1
   * @throws InvalidArgumentException if a value is outside [0, 1]
   */
  public static AlphaMask of(int height, int width, float[] values) {
    float[] own = Require.present(OP, "values", values).clone();
    if (height < 1 || width < 1 || (long) height * width != own.length) {
      throw new ShapeException(
          OP + ": " + own.length + " values do not fill " + height + "x" + width);
    }
    for (float v : own) {
      Require.part(OP, "value", v);
    }
    return new AlphaMask(height, width, own);
  }

  /** Creates a mask of checked values without copying them. */
  static AlphaMask owning(int height, int width, float[] values) {
    return new AlphaMask(height, width, values);
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Returns a copy of the opacities, row by row. */
  public float[] values() {
    return values.clone();
  }

  /** Returns the opacity, from 0 to 1, of the pixel at row y and column x. */
  public float at(int y, int x) {
    if (y < 0 || y >= height || x < 0 || x >= width) {
      throw new InvalidArgumentException(
          OP + ": (" + y + ", " + x + ") is outside " + height + "x" + width);
    }
    return values[y * width + x];
  }

  /** Returns the mask as a gray image: 0 for the background, 255 for the foreground. */
  public Image toImage() {
    byte[] gray = Heap.bytes(OP, values.length);
    for (int i = 0; i < gray.length; i++) {
      gray[i] = (byte) Math.round(255 * values[i]);
    }
    return Image.owning(Shape.of(1, height, width), gray);
  }

  /**
   * Returns an RGB image: the foreground of an image over a color.
   *
   * @param image the image of this mask
   * @param color the color in the form {@code 0xRRGGBB}, for example {@code 0xFFFFFF} for white
   * @throws ShapeException if the image does not have the mask's size
   * @throws InvalidArgumentException if the color is outside [0, 0xFFFFFF], or the result does not
   *     fit in a Java array
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public Image over(Image image, int color) {
    requireSize(image);
    if (color < 0 || color > MOST_COLOR) {
      throw new InvalidArgumentException(
          OP + ": color " + color + " is outside [0, " + MOST_COLOR + "] (0xRRGGBB)");
    }
    if ((long) COLORS * values.length > Heap.MOST) {
      throw new InvalidArgumentException(
          OP + ": an RGB image of " + height + "x" + width + " does not fit in a Java array");
    }
    byte[] from = image.pixels();
    byte[] to = Heap.bytes(OP, COLORS * values.length);
    for (int c = 0; c < COLORS; c++) {
      int back = color >> 8 * (2 - c) & 0xFF;
      int plane = image.channels() == 1 ? 0 : c * values.length;
      for (int i = 0; i < values.length; i++) {
        float front = from[plane + i] & 0xFF;
        to[c * values.length + i] = (byte) Math.round(back + values[i] * (front - back));
      }
    }
    return Image.owning(Shape.of(COLORS, height, width), to);
  }

  private void requireSize(Image image) {
    Require.present(OP, "image", image);
    if (image.height() != height || image.width() != width) {
      throw new ShapeException(
          OP + ": image " + image.shape() + " must have the mask's size " + height + "x" + width);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AlphaMask m
        && height == m.height
        && width == m.width
        && Arrays.equals(values, m.values);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(values);
  }

  /** Returns the size as text, for example {@code AlphaMask 480x640}. */
  @Override
  public String toString() {
    return "AlphaMask " + height + "x" + width;
  }
}

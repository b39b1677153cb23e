package dev.quern.explain;

import dev.quern.data.Image;
import dev.quern.data.Placement;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;

/**
 * A heat map: the contribution of each pixel to a prediction.
 *
 * @param values the pixels' contributions, finite and in row-major order; the array is not copied
 */
public record HeatMap(int height, int width, float[] values) {
  /** The opacity of the map at its largest magnitude. */
  private static final double OPACITY = 0.6;

  public HeatMap {
    Require.present("heat map", "values", values);
    if (height < 1 || width < 1 || (long) height * width != values.length) {
      throw new ShapeException(
          "heat map: " + values.length + " values do not fill " + height + " x " + width);
    }
    for (float v : values) {
      if (!Float.isFinite(v)) {
        throw new InvalidArgumentException("heat map: value " + v + " must be finite");
      }
    }
  }

  public float at(int y, int x) {
    if (y < 0 || y >= height || x < 0 || x >= width) {
      throw new InvalidArgumentException(
          "heat map: (" + y + ", " + x + ") is outside " + height + " x " + width);
    }
    return values[y * width + x];
  }

  /**
   * Returns the map resized by bilinear interpolation, as PyTorch's {@code interpolate} with {@code
   * align_corners=False}.
   *
   * @throws InvalidArgumentException if a side is less than 1
   * @throws dev.quern.error.MemoryLimitException if the result does not fit in the heap
   */
  public HeatMap resized(int toHeight, int toWidth) {
    if (toHeight < 1 || toWidth < 1) {
      throw new InvalidArgumentException(
          "heat map: size " + toHeight + " x " + toWidth + " must be at least 1 x 1");
    }
    Placement.Axis down = new Placement.Axis(toHeight, height, 0, height);
    Placement.Axis across = new Placement.Axis(toWidth, width, 0, width);
    return placed(down, across, false);
  }

  /**
   * Returns this map of the network's input as a map of the original image. Pixels that the network
   * does not receive are 0.
   */
  HeatMap onImage(Placement placement) {
    return placed(placement.down(), placement.across(), true);
  }

  private HeatMap placed(Placement.Axis down, Placement.Axis across, boolean cut) {
    float[] to = Heap.floats("heat map", (long) down.from() * across.from());
    for (int y = 0; y < down.from(); y++) {
      double inY = down.toInput(y + 0.5);
      for (int x = 0; x < across.from(); x++) {
        double inX = across.toInput(x + 0.5);
        boolean seen = inY >= 0 && inY <= height && inX >= 0 && inX <= width;
        to[y * across.from() + x] = seen || !cut ? (float) between(inY - 0.5, inX - 0.5) : 0;
      }
    }
    return new HeatMap(down.from(), across.from(), to);
  }

  private double between(double y, double x) {
    double inY = Math.max(0, Math.min(height - 1, y));
    double inX = Math.max(0, Math.min(width - 1, x));
    int top = (int) inY;
    int left = (int) inX;
    int bottom = Math.min(height - 1, top + 1);
    int right = Math.min(width - 1, left + 1);
    double down = inY - top;
    double across = inX - left;
    double above = (1 - across) * values[top * width + left] + across * values[top * width + right];
    double below =
        (1 - across) * values[bottom * width + left] + across * values[bottom * width + right];
    return (1 - down) * above + down * below;
  }

  /**
   * Returns the image in gray, overlaid with the map in color: yellow to red for positive values
   * (evidence for the class), blue for negative values. The largest magnitude has the strongest
   * color.
   *
   * @throws ShapeException if the image has another size
   */
  public Image over(Image image) {
    Require.present("heat map", "image", image);
    if (image.height() != height || image.width() != width) {
      throw new ShapeException(
          "heat map: an image of "
              + image.height()
              + " x "
              + image.width()
              + " does not have the map's size "
              + height
              + " x "
              + width);
    }
    float most = 0;
    for (float v : values) {
      most = Math.max(most, Math.abs(v));
    }
    byte[] rgb = new byte[3 * values.length];
    for (int i = 0; i < values.length; i++) {
      double heat = most == 0 ? 0 : values[i] / most;
      double grey = grey(image, i / width, i % width);
      double seen = OPACITY * Math.min(1, 2 * Math.abs(heat));
      for (int c = 0; c < 3; c++) {
        double v = (1 - seen) * grey + seen * colour(heat, c);
        rgb[c * values.length + i] = (byte) Math.round(v);
      }
    }
    return Image.of(Shape.of(3, height, width), rgb);
  }

  private static double grey(Image image, int y, int x) {
    if (image.channels() < 3) {
      return image.get(0, y, x);
    }
    return 0.299 * image.get(0, y, x) + 0.587 * image.get(1, y, x) + 0.114 * image.get(2, y, x);
  }

  /**
   * Returns one RGB channel of the color for a value in [-1, 1]: yellow to red for positive values,
   * light to dark blue for negative ones.
   */
  private static double colour(double heat, int channel) {
    double h = Math.abs(heat);
    if (heat < 0) {
      return channel == 2 ? 255 : 180 * (1 - h);
    }
    return channel == 0 ? 255 : channel == 1 ? 230 * (1 - h) : 0;
  }
}

package dev.quern.image;

import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.Detection;
import dev.quern.detect.KeyPoint;
import dev.quern.detect.Mask;
import dev.quern.tensor.Shape;
import java.awt.Color;
import java.util.Arrays;
import java.util.List;

/** Tints the masks of detected objects, and draws their frames, and their key points as squares. */
final class Drawing {
  /**
   * The divisor that sets the width of a frame: the image's longer side / PART, but at least one
   * pixel.
   */
  private static final int PART = 200;

  /**
   * The difference of hue between consecutive classes, in turns of the color circle: the golden
   * ratio, so that the colors differ clearly.
   */
  private static final float HUE = 0.618034f;

  /** The score above which a key point is drawn. */
  private static final double VISIBLE = 0.5;

  private final int height;
  private final int width;
  private final byte[] pixels;

  private Drawing(Image image) {
    height = image.height();
    width = image.width();
    byte[] own = image.pixels();
    pixels = image.channels() == 3 ? own : Arrays.copyOf(own, 3 * own.length);
    for (int c = 1; c < 3 && image.channels() == 1; c++) {
      System.arraycopy(own, 0, pixels, c * own.length, own.length);
    }
  }

  static Image of(Image image, List<Detection> found) {
    Drawing drawing = new Drawing(image);
    for (int i = found.size() - 1; i >= 0; i--) {
      drawing.tint(found.get(i)); // before all frames, which it would cover
    }
    for (int i = found.size() - 1; i >= 0; i--) { // the best last, on top
      drawing.frame(found.get(i));
    }
    return Image.of(Shape.of(3, drawing.height, drawing.width), drawing.pixels);
  }

  /** Mixes the color of the class in equal parts with the pixels of the mask. */
  private void tint(Detection d) {
    Mask mask = d.mask();
    if (mask == null) {
      return;
    }
    int color = color(d);
    int right = Math.min(width, mask.left() + mask.width());
    int bottom = Math.min(height, mask.top() + mask.height());
    for (int y = mask.top(); y < bottom; y++) {
      for (int x = mask.left(); x < right; x++) {
        for (int c = 0; c < 3 && mask.contains(x, y); c++) {
          int at = (c * height + y) * width + x;
          pixels[at] = (byte) ((pixels[at] & 0xFF) + (color >> 8 * (2 - c) & 0xFF) >> 1);
        }
      }
    }
  }

  private static int color(Detection d) {
    return Color.HSBtoRGB(HUE * d.classIndex() + 0.33f, 1, 1);
  }

  private void frame(Detection d) {
    Box b = d.box().clipped(width, height);
    int left = (int) Math.min(width - 1, Math.floor(b.left()));
    int top = (int) Math.min(height - 1, Math.floor(b.top()));
    int right = (int) Math.max(left + 1, Math.ceil(b.right()));
    int bottom = (int) Math.max(top + 1, Math.ceil(b.bottom()));
    int thick = Math.max(1, Math.max(height, width) / PART);
    int color = color(d);
    fill(left, top, right, Math.min(bottom, top + thick), color);
    fill(left, Math.max(top, bottom - thick), right, bottom, color);
    fill(left, top, Math.min(right, left + thick), bottom, color);
    fill(Math.max(left, right - thick), top, right, bottom, color);
    for (KeyPoint p : d.keyPoints()) {
      if (p.score() > VISIBLE) {
        point(p, thick, color);
      }
    }
  }

  /** Draws a square around a key point; the part outside the image is omitted. */
  private void point(KeyPoint p, int reach, int color) {
    int x = (int) Math.floor(p.x());
    int y = (int) Math.floor(p.y());
    if (x < 0 || x >= width || y < 0 || y >= height) {
      return;
    }
    fill(
        Math.max(0, x - reach),
        Math.max(0, y - reach),
        Math.min(width, x + reach + 1),
        Math.min(height, y + reach + 1),
        color);
  }

  private void fill(int left, int top, int right, int bottom, int color) {
    for (int c = 0; c < 3; c++) {
      byte value = (byte) (color >> 8 * (2 - c));
      for (int y = top; y < bottom; y++) {
        int row = (c * height + y) * width;
        Arrays.fill(pixels, row + left, row + right, value);
      }
    }
  }
}

package dev.quern.ocr;

import dev.quern.data.Image;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.List;

/** Drawing of the lines that an {@link OcrPipeline} has read. Thread-safe. */
public final class TextDrawing {
  /** The divisor that sets the width of a side: the image's longer side / PART, at least 1. */
  private static final int PART = 400;

  /** Red, so that the sides stand out from text and paper. */
  private static final int[] COLOR = {255, 0, 0};

  private TextDrawing() {}

  /**
   * Returns an RGB copy of an image with the sides of each line's quadrilateral in red.
   *
   * @param lines the lines, in pixels of this image; corners outside the image are moved to its
   *     edge
   * @throws dev.quern.error.InvalidArgumentException if an argument is null or contains null
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small for the pixels
   */
  public static Image draw(Image image, List<TextLine> lines) {
    Require.present("ocr", "image", image);
    List<TextLine> own = Require.all("ocr", "lines", lines);
    byte[] from = image.pixels();
    int plane = image.height() * image.width();
    byte[] to = Heap.bytes("ocr", Math.multiplyExact(COLOR.length, plane));
    for (int c = 0; c < COLOR.length; c++) {
      System.arraycopy(from, image.channels() == 1 ? 0 : c * plane, to, c * plane, plane);
    }
    int thick = Math.max(1, Math.max(image.height(), image.width()) / PART);
    for (TextLine line : own) {
      // a side far outside the image would take forever
      Quadrilateral inside = line.corners().clipped(image.width(), image.height());
      List<Point> corners = inside.corners();
      for (int i = 0; i < corners.size(); i++) {
        Point next = corners.get((i + 1) % corners.size());
        side(to, image.height(), image.width(), corners.get(i), next, thick);
      }
    }
    return Image.owning(Shape.of(COLOR.length, image.height(), image.width()), to);
  }

  private static void side(byte[] to, int height, int width, Point a, Point b, int thick) {
    int steps = (int) Math.ceil(a.distance(b));
    for (int i = 0; i <= steps; i++) {
      double t = steps == 0 ? 0 : (double) i / steps;
      double x = a.x() + t * (b.x() - a.x()) - thick / 2.0;
      double y = a.y() + t * (b.y() - a.y()) - thick / 2.0;
      dot(to, height, width, Math.round(x), Math.round(y), thick);
    }
  }

  private static void dot(byte[] to, int height, int width, long x, long y, int thick) {
    for (long py = Math.max(0, y); py < Math.min(height, y + thick); py++) {
      for (long px = Math.max(0, x); px < Math.min(width, x + thick); px++) {
        for (int c = 0; c < COLOR.length; c++) {
          to[(int) ((c * (long) height + py) * width + px)] = (byte) COLOR[c];
        }
      }
    }
  }
}

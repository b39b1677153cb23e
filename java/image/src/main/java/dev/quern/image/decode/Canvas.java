package dev.quern.image.decode;

import dev.quern.data.ImageReading;

/** The placement of an image on the larger area that its file declares. */
public final class Canvas {
  private Canvas() {}

  /** Returns the image at its position on the area, with black around it. */
  public static Planes placed(
      Planes frame, int height, int width, int top, int left, ImageReading reading) {
    if (frame.height() == height && frame.width() == width) {
      return frame;
    }
    Planes screen = new Planes(frame.channels(), height, width);
    for (int c = 0; c < frame.channels(); c++) {
      int channel = c;
      Rows.each(
          frame.height(),
          frame.width(),
          reading,
          (y, begin, count) -> {
            for (int x = begin; x < begin + count; x++) {
              screen.put(channel, top + y, left + x, frame.get(channel, y, x));
            }
          });
    }
    return screen;
  }
}

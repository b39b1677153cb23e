package dev.quern.image.decode;

import dev.quern.data.Image;

/** Where a file's picture is a part of what the file shows. */
public final class Canvas {
  private Canvas() {}

  /** The picture in its place, black around it. */
  public static Image placed(Image frame, int height, int width, int top, int left) {
    if (frame.height() == height && frame.width() == width) {
      return frame;
    }
    Planes screen = new Planes(frame.channels(), height, width);
    byte[] pixels = frame.pixels();
    for (int i = 0; i < pixels.length; i++) {
      int row = i / frame.width();
      screen.put(
          row / frame.height(), top + row % frame.height(), left + i % frame.width(), pixels[i]);
    }
    return screen.image();
  }
}

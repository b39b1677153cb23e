package dev.quern.cli.output;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** A contact sheet: images of equal size in rows and columns on a white background. */
public final class ContactSheet {
  /** Size in pixels to which small images are enlarged. */
  private static final int SIDE = 96;

  private static final int GAP = 4;

  private ContactSheet() {}

  /**
   * Creates a contact sheet.
   *
   * @param rows rows of equal length
   * @throws InvalidArgumentException if the image exceeds the size of a Java array
   */
  public static Image of(List<List<Image>> rows) {
    Shape one = rows.get(0).get(0).shape();
    int channels = (int) one.dim(0);
    int height = (int) one.dim(1);
    int width = (int) one.dim(2);
    int times = Math.max(1, SIDE / Math.max(height, width));
    int columns = rows.get(0).size();
    int all = columns * (width * times + GAP) + GAP;
    int down = rows.size() * (height * times + GAP) + GAP;
    if ((long) channels * down * all > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          "contact sheet: " + rows.size() * columns + " images of " + one + " are too many");
    }
    byte[] sheet = new byte[channels * down * all];
    Arrays.fill(sheet, (byte) 255);
    for (int r = 0; r < rows.size(); r++) {
      for (int k = 0; k < columns; k++) {
        byte[] pixels = rows.get(r).get(k).pixels();
        int top = GAP + r * (height * times + GAP);
        int left = GAP + k * (width * times + GAP);
        for (int i = 0; i < channels * height * times * width * times; i++) {
          int x = i % (width * times);
          int y = i / (width * times) % (height * times);
          int c = i / (width * times) / (height * times);
          sheet[(c * down + top + y) * all + left + x] =
              pixels[(c * height + y / times) * width + x / times];
        }
      }
    }
    return Image.of(Shape.of(channels, down, all), sheet);
  }
}

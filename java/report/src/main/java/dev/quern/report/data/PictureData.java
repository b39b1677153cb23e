package dev.quern.report.data;

/**
 * A small picture.
 *
 * @param png in base 64
 */
public record PictureData(int width, int height, String png) {
  public PictureData {
    if (png == null || !png.matches("[A-Za-z0-9+/]*={0,2}")) {
      throw new IllegalArgumentException("a picture is no base 64");
    }
  }
}

package dev.quern.report.data;

/**
 * A small image.
 *
 * @param png the image as a PNG file, in Base64
 */
public record PictureData(int width, int height, String png) {
  public PictureData {
    if (png == null || !png.matches("[A-Za-z0-9+/]*={0,2}")) {
      throw new IllegalArgumentException("an image must be Base64");
    }
  }
}

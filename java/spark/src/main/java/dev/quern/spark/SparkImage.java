package dev.quern.spark;

import dev.quern.data.Image;
import dev.quern.error.FormatException;
import dev.quern.tensor.Shape;
import org.apache.spark.sql.Row;

/** The conversion of images of Spark's image source, which stores pixels as interleaved BGR. */
final class SparkImage {
  private SparkImage() {}

  /**
   * Converts a cell to an image.
   *
   * @param cell a struct of Spark's image schema
   * @throws FormatException if the size, channels and data of the image do not match
   */
  static Image of(Row cell) {
    int height = cell.<Integer>getAs("height");
    int width = cell.<Integer>getAs("width");
    int channels = cell.<Integer>getAs("nChannels");
    byte[] data = cell.getAs("data");
    if (height < 1 || width < 1 || channels != 1 && channels != 3 && channels != 4) {
      throw new FormatException(
          "image of " + channels + " channels, " + height + " by " + width + ": it is invalid");
    }
    long pixels = (long) height * width;
    if (data == null || data.length != pixels * channels) {
      throw new FormatException(
          "image of "
              + channels
              + " channels, "
              + height
              + " by "
              + width
              + " has "
              + (data == null ? 0 : data.length)
              + " bytes");
    }
    int planes = channels == 1 ? 1 : 3;
    byte[] planar = new byte[Math.multiplyExact((int) pixels, planes)];
    for (int p = 0; p < pixels; p++) {
      for (int c = 0; c < planes; c++) {
        planar[c * (int) pixels + p] = data[p * channels + planes - 1 - c];
      }
    }
    return Image.of(Shape.of(planes, height, width), planar);
  }
}

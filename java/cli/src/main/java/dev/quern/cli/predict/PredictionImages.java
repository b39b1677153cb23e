package dev.quern.cli.predict;

import dev.quern.cli.output.PictureFolder;
import dev.quern.data.Image;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes predicted images to a folder as PNG files: class indices of pixels become gray values;
 * images with values from 0 to 1 become gray or RGB.
 */
final class PredictionImages {
  private final PictureFolder folder;

  /**
   * Creates a writer to the folder.
   *
   * @param asked the input images, which are never overwritten
   */
  PredictionImages(Path folder, List<Path> asked) {
    this.folder = new PictureFolder("predict", folder, asked);
  }

  /**
   * Writes a prediction with {@link PictureFolder#write} if it is an image.
   *
   * @param of the input image
   * @param outputOrNull the output's name; null for the only output
   */
  void write(Path of, String outputOrNull, Prediction prediction) {
    Image picture = picture(prediction);
    if (picture != null) {
      folder.write(of, outputOrNull == null ? "" : "." + outputOrNull, picture);
    }
  }

  private static Image picture(Prediction prediction) {
    if (prediction instanceof Prediction.PixelClasses p && p.shape().rank() == 2) {
      int[] labels = p.labels();
      byte[] grey = new byte[labels.length];
      for (int i = 0; i < grey.length; i++) {
        grey[i] = (byte) Math.min(labels[i], 255);
      }
      return Image.of(Shape.of(1, p.shape().dim(0), p.shape().dim(1)), grey);
    }
    if (prediction instanceof Prediction.Values v
        && v.shape().rank() == 3
        && (v.shape().dim(0) == 1 || v.shape().dim(0) == 3)) {
      float[] values = v.values();
      byte[] pixels = new byte[values.length];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) Math.round(255 * Math.min(1, Math.max(0, values[i])));
      }
      return Image.of(v.shape(), pixels);
    }
    return null;
  }
}

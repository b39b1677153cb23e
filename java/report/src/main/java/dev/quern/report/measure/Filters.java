package dev.quern.report.measure;

import dev.quern.predict.ModelData;
import dev.quern.report.data.PictureData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Draws the filters of a model's first convolution as images, each scaled to the range of its
 * weights.
 */
public final class Filters {
  private static final int MOST = 64;
  private static final int LARGEST = 32;

  private Filters() {}

  /**
   * Returns images of at most 64 filters; empty unless the first weight of rank 4 has 1 or 3 input
   * channels and a kernel from 2 to 32 pixels high and wide.
   */
  public static List<PictureData> of(ModelData model) {
    for (Map.Entry<String, Shape> e : model.network().state().entrySet()) {
      if (e.getValue().rank() == 4) {
        return of(e.getValue(), model.weights().get(e.getKey()));
      }
    }
    return List.of();
  }

  private static List<PictureData> of(Shape shape, float[] weights) {
    int channels = (int) shape.dim(1);
    int height = (int) shape.dim(2);
    int width = (int) shape.dim(3);
    boolean isPicture = (channels == 1 || channels == 3) && height > 1 && width > 1;
    if (!isPicture || height > LARGEST || width > LARGEST) {
      return List.of();
    }
    List<PictureData> all = new ArrayList<>();
    int each = channels * height * width;
    for (int f = 0; f < Math.min(MOST, shape.dim(0)); f++) {
      all.add(Png.of(channels, height, width, stretched(weights, f * each, each)));
    }
    return all;
  }

  /**
   * Scales weights to pixels: zero becomes gray, the largest magnitude becomes black (negative) or
   * white (positive).
   */
  static byte[] stretched(float[] values, int from, int count) {
    float most = 0;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, Math.abs(values[from + i]));
    }
    byte[] pixels = new byte[count];
    for (int i = 0; i < count; i++) {
      double part = most == 0 ? 0 : values[from + i] / most;
      pixels[i] = (byte) Math.round(127.5 + 127.5 * part);
    }
    return pixels;
  }
}

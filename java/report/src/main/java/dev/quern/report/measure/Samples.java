package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.predict.ModelData;
import dev.quern.report.data.PictureData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Samples of data sets as a model takes them, and as pictures. */
final class Samples {
  private static final int LARGEST_SIDE = 512;

  private Samples() {}

  /** Samples {@code from} to {@code to} as those inputs that the model has, in the arena. */
  static Map<String, Tensor> batch(
      Arena arena, ModelData model, MultiDataset data, int from, int to) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    data.inputs()
        .forEach(
            (name, set) -> {
              Preprocessing how = model.preprocessing().get(name);
              if (how != null) {
                all.put(name, batch(arena, set, how.normalization(), from, to));
              }
            });
    return all;
  }

  private static Tensor batch(Arena arena, Dataset set, Normalization by, int from, int to) {
    if (set.kind() == Dataset.Kind.FLOATS) {
      return floats(arena, set, by, from, to);
    }
    byte[][] samples = new byte[to - from][];
    for (int i = from; i < to; i++) {
      samples[i - from] = set.image(i);
    }
    return by.batch(arena, set.shape(), samples);
  }

  private static Tensor floats(Arena arena, Dataset set, Normalization by, int from, int to) {
    float[] mean = by.mean();
    float[] std = by.std();
    int each = (int) set.shape().elements();
    int plane = each / mean.length;
    float[] all = new float[(to - from) * each];
    for (int i = from; i < to; i++) {
      float[] one = set.floats(i);
      for (int k = 0; k < each; k++) {
        all[(i - from) * each + k] = (one[k] - mean[k / plane]) / std[k / plane];
      }
    }
    return arena.tensor(set.shape().batch(to - from), all);
  }

  /** Null where a sample is no picture. */
  static @Nullable PictureData picture(Dataset set, int index) {
    Shape shape = set.shape();
    if (shape.rank() != 3
        || (shape.dim(0) != 1 && shape.dim(0) != 3)
        || shape.dim(1) > LARGEST_SIDE
        || shape.dim(2) > LARGEST_SIDE) {
      return null;
    }
    byte[] pixels =
        set.kind() == Dataset.Kind.BYTES ? set.image(index) : stretched(set.floats(index));
    return Png.of((int) shape.dim(0), (int) shape.dim(1), (int) shape.dim(2), pixels);
  }

  /** From the smallest value, black, to the largest, white. */
  private static byte[] stretched(float[] values) {
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float v : values) {
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] =
          (byte) (most > least ? Math.round(255 * (values[i] - least) / (most - least)) : 0);
    }
    return pixels;
  }
}

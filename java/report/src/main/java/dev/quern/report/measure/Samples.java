package dev.quern.report.measure;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.internal.arguments.Require;
import dev.quern.predict.ModelData;
import dev.quern.report.data.PictureData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Converts a data set's samples to the inputs of a model, and to images. */
final class Samples {
  private static final String OP = "report";
  private static final int LARGEST_SIDE = 512;

  private Samples() {}

  /**
   * Returns the samples {@code from} (inclusive) to {@code to} (exclusive) as inputs of the model,
   * allocated in the arena.
   */
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
    Shape shape = shape(set);
    if (set.kind() == Dataset.Kind.FLOATS) {
      return floats(arena, set, shape, by, from, to);
    }
    byte[][] samples = new byte[to - from][];
    for (int i = from; i < to; i++) {
      samples[i - from] = image(set, i, shape);
    }
    return by.batch(arena, shape, samples);
  }

  private static Tensor floats(
      Arena arena, Dataset set, Shape shape, Normalization by, int from, int to) {
    by.requireFit(shape);
    float[] mean = by.mean();
    float[] std = by.std();
    if (shape.elements() * (to - from) > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          OP
              + ": "
              + (to - from)
              + " samples of "
              + shape
              + " are more than a Java array can contain");
    }
    int each = (int) shape.elements();
    int plane = each / mean.length;
    float[] all = new float[(to - from) * each];
    for (int i = from; i < to; i++) {
      float[] one = floats(set, i, shape);
      for (int k = 0; k < each; k++) {
        all[(i - from) * each + k] = (one[k] - mean[k / plane]) / std[k / plane];
      }
    }
    return arena.tensor(shape.batch(to - from), all);
  }

  private static Shape shape(Dataset set) {
    return Require.present(OP, "shape of samples", set.shape());
  }

  /** Returns the bytes of a sample after checking that their number matches {@code shape}. */
  private static byte[] image(Dataset set, int index, Shape shape) {
    byte[] image = asked(set, index, () -> set.image(index));
    requireLength(set, index, image == null ? 0 : image.length, shape);
    return image;
  }

  private static float[] floats(Dataset set, int index, Shape shape) {
    float[] floats = asked(set, index, () -> set.floats(index));
    requireLength(set, index, floats == null ? 0 : floats.length, shape);
    return floats;
  }

  /** Returns the target of a sample. */
  static float[] target(Dataset set, int index) {
    Shape shape = Require.present(OP, "shape of targets", set.targetShape());
    float[] target = asked(set, index, () -> set.target(index));
    requireLength(set, index, target == null ? 0 : target.length, shape);
    return target;
  }

  /** Checks the length of an array from a data set, which may be custom and return any array. */
  private static void requireLength(Dataset set, int index, int length, Shape shape) {
    if (length != shape.elements() || length == 0) {
      throw new DataException(
          OP
              + ": data set "
              + set.name()
              + ": sample "
              + index
              + " has "
              + length
              + " values, expected "
              + shape,
          null);
    }
  }

  /**
   * Calls a method of a data set, which may be custom; exceptions other than Quern's become a
   * {@link DataException}.
   */
  static <T> T asked(Dataset set, int index, Supplier<T> call) {
    try {
      return call.get();
    } catch (QuernException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new DataException(
          OP
              + ": data set "
              + set.name()
              + ": sample "
              + index
              + " threw "
              + e.getClass().getName(),
          e);
    }
  }

  /** Returns a sample as an image; null if the sample is not an image or too large. */
  static @Nullable PictureData picture(Dataset set, int index) {
    Shape shape = shape(set);
    if (shape.rank() != 3
        || (shape.dim(0) != 1 && shape.dim(0) != 3)
        || shape.dim(1) > LARGEST_SIDE
        || shape.dim(2) > LARGEST_SIDE) {
      return null;
    }
    byte[] pixels =
        set.kind() == Dataset.Kind.BYTES
            ? image(set, index, shape)
            : stretched(floats(set, index, shape));
    return Png.of((int) shape.dim(0), (int) shape.dim(1), (int) shape.dim(2), pixels);
  }

  /** Scales values to pixels: the smallest value becomes black, the largest white. */
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

package dev.quern.quantize;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.CheckedDataset;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The calibration images. Runs models on them batch by batch. */
final class Images {
  /**
   * Maximum size in bytes of the requested values of a batch, which limits the memory use of
   * calibration.
   */
  private static final long MOST_BYTES = 64L << 20;

  private static final int MOST_IMAGES = 32;

  private final CheckedDataset data;
  private final int count;

  /**
   * Selects calibration images, spread evenly over a data set.
   *
   * @param count the number of images, at least 1; all images if the data set is smaller
   */
  Images(Dataset data, int count) {
    this.data = new CheckedDataset("quantize", data);
    if (count < 1) {
      throw new InvalidArgumentException("quantize: count " + count + " must be at least 1");
    }
    if (this.data.size() < 1) {
      throw new InvalidArgumentException(
          "quantize: data set " + this.data.name() + " has no images");
    }
    this.count = Math.min(count, this.data.size());
  }

  private Images(Images all, int count) {
    data = all.data;
    this.count = Math.min(count, all.count);
  }

  /** Returns at most {@code most} images, spread evenly over the data set. */
  Images few(int most) {
    return new Images(this, most);
  }

  Shape shape() {
    return data.shape();
  }

  int count() {
    return count;
  }

  /**
   * Computes values of the network for all images, batch by batch.
   *
   * @param values names of layers or of the input
   * @param each receives the values of each batch by name, sample after sample
   */
  void run(ModelData model, List<String> values, Consumer<Map<String, float[]>> each) {
    String input = model.network().inputs().keySet().iterator().next();
    List<String> layers = values.stream().filter(v -> !v.equals(input)).toList();
    int batch = batch(model, layers);
    if (layers.isEmpty()) {
      feed(model.normalization(), batch, x -> each.accept(Map.of(input, x.toArray())));
      return;
    }
    try (Model part = Model.of(model.part(List.of(), layers))) {
      feed(
          model.normalization(),
          batch,
          x -> {
            Map<String, float[]> made = arrays(part.predict(Map.of(input, x)));
            if (values.contains(input)) {
              made.put(input, x.toArray());
            }
            each.accept(made);
          });
    }
  }

  /**
   * Runs two models and passes the outputs of these layers to a function, batch by batch.
   *
   * @param each receives the outputs of both models by name, sample after sample
   */
  void compare(
      ModelData one,
      ModelData other,
      List<String> layers,
      BiConsumer<Map<String, float[]>, Map<String, float[]>> each) {
    String input = one.network().inputs().keySet().iterator().next();
    try (Model first = Model.of(one.part(List.of(), layers));
        Model second = Model.of(other.part(List.of(), layers))) {
      feed(
          one.normalization(),
          batch(one, layers),
          x ->
              each.accept(
                  arrays(first.predict(Map.of(input, x))),
                  arrays(second.predict(Map.of(input, x)))));
    }
  }

  private static Map<String, float[]> arrays(Map<String, Tensor> made) {
    Map<String, float[]> arrays = new LinkedHashMap<>();
    made.forEach((of, y) -> arrays.put(of, y.toArray()));
    return arrays;
  }

  /**
   * Returns the batch size for which these layers' outputs do not exceed the memory limit; at least
   * 1.
   */
  private int batch(ModelData model, List<String> layers) {
    long bytes = Float.BYTES * shape().elements();
    for (String layer : layers) {
      bytes += Float.BYTES * model.network().shapes().get(layer).elements();
    }
    return (int) Math.max(1, Math.min(MOST_IMAGES, MOST_BYTES / bytes));
  }

  private void feed(Normalization normalization, int batch, Consumer<Tensor> each) {
    for (int from = 0; from < count; from += batch) {
      int n = Math.min(batch, count - from);
      try (Arena arena = new Arena()) {
        each.accept(
            data.areFloats()
                ? floats(arena, normalization, from, n)
                : normalization.batch(arena, shape(), bytes(from, n)));
      }
    }
  }

  /** Returns the data set's index of calibration image {@code i}. */
  private int index(int i) {
    return (int) ((long) i * data.size() / count);
  }

  private byte[][] bytes(int from, int n) {
    byte[][] all = new byte[n][];
    for (int i = 0; i < n; i++) {
      all[i] = data.bytes(index(from + i));
    }
    return all;
  }

  private Tensor floats(Arena arena, Normalization normalization, int from, int n) {
    normalization.requireFit(shape());
    float[] mean = normalization.mean();
    float[] std = normalization.std();
    List<float[]> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(data.floats(index(from + i)));
    }
    int each = (int) shape().elements();
    float[] batch = new float[Math.multiplyExact(n, each)];
    for (int i = 0; i < batch.length; i++) {
      int c = i % each / (each / mean.length);
      batch[i] = (all.get(i / each)[i % each] - mean[c]) / std[c];
    }
    return arena.tensor(shape().batch(n), batch);
  }
}

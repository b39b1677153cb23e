package dev.quern.ocr;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.Onnx;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Models of an ONNX file for the most recently used sizes of its input. The networks of PaddleOCR
 * cannot be imported with a dynamic size: the detector's layers fit only for multiples of 32, and
 * the recognizer's strides are beyond the importer's limit. So each size is imported when it is
 * first used. All sizes share the weights, on the heap and off-heap. Thread-safe.
 */
final class SizedModels implements AutoCloseable {
  private record Size(int height, int width) {}

  private static final class Entry {
    private final Model model;
    private int users;

    Entry(Model model) {
      this.model = model;
    }
  }

  private final Path file;
  private final String input;
  private final int most;
  private final Map<String, float[]> shared;

  /** The models, least recently used first. */
  private final Map<Size, Entry> kept = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Creates the models; the first is imported when it is used.
   *
   * @param input the name of the file's input
   * @param most the maximum number of sizes to keep; more while they are in use
   * @param weights the weights of the file at any size
   */
  SizedModels(Path file, String input, int most, Map<String, float[]> weights) {
    this.file = file;
    this.input = input;
    this.most = most;
    shared = weights;
  }

  /**
   * Returns the name of a file's input.
   *
   * @throws InvalidArgumentException if the file does not have exactly one input
   */
  static String onlyInput(String role, Path file) {
    List<String> inputs = Onnx.reader().inputs(file);
    if (inputs.size() != 1) {
      throw new InvalidArgumentException(
          "ocr: " + role + " " + file + " has inputs " + inputs + ", expected one image");
    }
    return inputs.get(0);
  }

  static ModelData imported(Path file, String input, int height, int width) {
    return Onnx.reader().size(input, -1, NetworkInput.CHANNELS, height, width).read(file);
  }

  /** Calls a function with the model for an input size. */
  <T> T with(int height, int width, Function<Model, T> use) {
    Entry entry = acquired(new Size(height, width));
    try {
      return use.apply(entry.model);
    } finally {
      release(entry);
    }
  }

  private synchronized Entry acquired(Size size) {
    Entry entry = kept.get(size);
    if (entry == null) {
      ModelData data = imported(file, input, size.height(), size.width());
      entry = new Entry(Model.of(sharing(data)));
      kept.put(size, entry);
    }
    entry.users++;
    trim();
    return entry;
  }

  private synchronized void release(Entry entry) {
    entry.users--;
    trim();
  }

  private void trim() {
    Iterator<Entry> oldest = kept.values().iterator();
    while (kept.size() > most && oldest.hasNext()) {
      Entry e = oldest.next();
      if (e.users == 0) {
        oldest.remove();
        e.model.close();
      }
    }
  }

  /** Returns the same model with the weights that the other sizes have. */
  private ModelData sharing(ModelData data) {
    Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
    weights.replaceAll(
        (name, own) -> {
          float[] known = shared.get(name);
          return Arrays.equals(own, known) ? known : own;
        });
    return new ModelData(
        data.network(), weights, data.preprocessing(), data.provenance(), data.dtype());
  }

  synchronized long bytes() {
    return kept.values().stream().mapToLong(e -> e.model.bytes()).sum();
  }

  /** Returns the number of models that are kept. */
  synchronized int size() {
    return kept.size();
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(e -> e.model.close());
    kept.clear();
  }
}

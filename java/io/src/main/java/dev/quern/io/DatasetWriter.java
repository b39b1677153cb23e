package dev.quern.io;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.quern.data.Dataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.Json;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A writer that collects the tensors of a data set file, then writes the file. */
final class DatasetWriter {
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final LinkedHashMap<String, Safetensors.Entry> tensors = new LinkedHashMap<>();

  /**
   * Creates the writer.
   *
   * @param first the data set whose name is stored in the file
   */
  DatasetWriter(Dataset first) {
    metadata.put("format", DatasetContent.FORMAT);
    metadata.put("format_version", DatasetContent.VERSION);
    metadata.put("name", Require.present(DatasetFile.OPERATION, "name", first.name()));
  }

  private static Shape all(String what, int size, Shape each) {
    Require.present(what, "shape", each);
    long[] dims = new long[each.rank() + 1];
    dims[0] = size;
    System.arraycopy(each.toArray(), 0, dims, 1, each.rank());
    Shape shape = Shape.of(dims);
    if (shape.elements() > SafetensorsHeader.MAX_ELEMENTS) {
      throw new InvalidArgumentException(
          what + ": " + size + " samples of " + each + " do not fit in a Java array");
    }
    return shape;
  }

  /**
   * Adds an input.
   *
   * @param suffix empty, or a dot and the input's name
   */
  DatasetWriter input(String suffix, Dataset data) {
    String name = DatasetContent.INPUTS + suffix;
    String what = DatasetFile.OPERATION + ": " + name + " of " + data.name();
    int size = data.size();
    Shape each = data.shape(); // called once, because a later call may return another size
    Shape shape = all(what, size, each);
    if (data.kind() == Dataset.Kind.BYTES) {
      Heap.require(what, shape.elements());
      byte[] values = new byte[(int) shape.elements()];
      for (int i = 0; i < size; i++) {
        int index = i;
        byte[] sample = asked(what, i, () -> data.image(index));
        requireSize(what, i, sample == null ? -1 : sample.length, each);
        System.arraycopy(sample, 0, values, i * sample.length, sample.length);
      }
      tensors.put(name, Safetensors.Entry.bytes(shape, values));
    } else {
      tensors.put(name, floats(what, size, each, data::floats));
    }
    return this;
  }

  /**
   * Adds the targets of an output.
   *
   * @param suffix empty, or a dot and the output's name
   */
  DatasetWriter targets(String suffix, Dataset data) {
    String name = DatasetContent.TARGETS + suffix;
    String what = DatasetFile.OPERATION + ": " + name + " of " + data.name();
    if (data.hasWeights()) {
      throw new InvalidArgumentException(
          what + ": its samples have weights, which the file format cannot store");
    }
    List<String> classes = new ArrayList<>(Require.present(what, "classes", data.classes()));
    classes.forEach(c -> Require.present(what, "name of a class", c));
    int size = data.size();
    if (data.hasTargets()) {
      tensors.put(name, floats(what, size, data.targetShape(), data::target));
    } else {
      tensors.put(name, labels(what, size, data, classes.size()));
    }
    if (!classes.isEmpty()) {
      ArrayNode list = Json.NODES.arrayNode();
      classes.forEach(list::add);
      metadata.put(DatasetContent.CLASSES + suffix, list.toString());
    }
    return this;
  }

  /** Checks the length of an array that a custom data set returned. */
  private static void requireSize(String what, int index, int length, Shape each) {
    if (length != each.elements()) {
      throw new DataException(
          what + ": sample " + index + " has " + length + " values, expected " + each, null);
    }
  }

  /** Calls a method of a data set, which may be custom and throw any exception. */
  private static <T> T asked(String what, int sample, Supplier<T> call) {
    try {
      return call.get();
    } catch (QuernException | OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw new DataException(what + ": sample " + sample + " threw " + text(e), e);
    }
  }

  private static String text(Throwable e) {
    try {
      return e.toString();
    } catch (RuntimeException | Error unreadable) {
      return e.getClass().getName();
    }
  }

  /** A function that returns the floats of one sample. */
  private interface Sample {
    float[] of(int index);
  }

  private static Safetensors.Entry floats(String what, int size, Shape each, Sample samples) {
    Shape shape = all(what, size, each);
    Heap.require(what, shape.elements() * Float.BYTES);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < size; i++) {
      int index = i;
      float[] sample = asked(what, i, () -> samples.of(index));
      requireSize(what, i, sample == null ? -1 : sample.length, each);
      System.arraycopy(sample, 0, values, i * sample.length, sample.length);
      for (int k = i * sample.length;
          k < (i + 1) * sample.length;
          k++) { // the values of the copy, not of the set
        if (!Float.isFinite(values[k])) {
          throw new DataException(
              what + ": " + values[k] + " in sample " + i + " is not finite", null);
        }
      }
    }
    return Safetensors.Entry.floats(shape, values);
  }

  private static Safetensors.Entry labels(String what, int size, Dataset data, int classes) {
    Shape shape = all(what, size, Shape.of());
    long[] labels = new long[size];
    for (int i = 0; i < size; i++) {
      int index = i;
      labels[i] = asked(what, i, () -> data.label(index));
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new DataException(
            what
                + ": label "
                + labels[i]
                + " of sample "
                + i
                + " is outside [0, "
                + (classes - 1)
                + "]",
            null);
      }
    }
    return Safetensors.Entry.longs(shape, labels);
  }

  /** Writes the collected tensors to a file. */
  Path write(Path file) {
    Safetensors.write(file, metadata, tensors);
    return file;
  }
}

package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NumericException;
import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The content of a data set file: inputs and targets by name. */
final class DatasetContent {
  static final String FORMAT = "quern-dataset";
  static final String VERSION = "1";
  static final String INPUTS = "inputs";
  static final String TARGETS = "targets";
  static final String CLASSES = "classes";

  /** The name under which a single unnamed input or target is stored. */
  static final String UNNAMED = "";

  /** An input with its samples in {@code bytes} or {@code floats}; the unused array is null. */
  private record Input(Shape shape, byte[] bytes, float[] floats) {}

  /**
   * An output's labels in {@code labels} or targets in {@code values}; the unused array is null.
   */
  private record Target(List<String> classes, int[] labels, Shape shape, float[] values) {}

  private final SafetensorsFile file;
  private final String name;
  private final Map<String, Input> inputs = new LinkedHashMap<>();
  private final Map<String, Target> targets = new LinkedHashMap<>();

  /** The number of samples; -1 until the first tensor is read. */
  private long size = -1;

  private String first;

  private DatasetContent(SafetensorsFile file, String name) {
    this.file = file;
    this.name = name;
  }

  /** Returns the default name of a data set, derived from its file or folder. */
  static String name(Path file) {
    Path absolute = file.toAbsolutePath().normalize();
    Path folder = absolute.getParent();
    String own = String.valueOf(absolute.getFileName());
    boolean split = own.equals("train.safetensors") || own.equals("test.safetensors");
    return split && folder != null && folder.getFileName() != null
        ? folder.getFileName().toString()
        : own.replaceFirst("\\.safetensors$", "");
  }

  /**
   * Reads a data set file.
   *
   * @param otherwise the data set's name if the file does not contain one
   */
  static DatasetContent read(SafetensorsFile file, String otherwise) {
    Map<String, String> metadata = file.metadata();
    if (!FORMAT.equals(metadata.get("format"))) {
      throw new FormatException("not a data set: its metadata has no format \"" + FORMAT + "\"");
    }
    if (!VERSION.equals(metadata.get("format_version"))) {
      throw new FormatException(
          "it has format_version " + metadata.get("format_version") + ", expected " + VERSION);
    }
    DatasetContent content = new DatasetContent(file, metadata.getOrDefault("name", otherwise));
    // checks all shapes first, so that an inconsistent file is rejected before it is read
    file.names().forEach(content::check);
    content.requireNames(INPUTS);
    content.requireNames(TARGETS);
    file.names().forEach(content::read);
    metadata.keySet().forEach(content::requireClassesOfTargets);
    return content;
  }

  Set<String> inputs() {
    return inputs.keySet();
  }

  Set<String> targets() {
    return targets.keySet();
  }

  /**
   * Creates a data set from an input and a target of the file.
   *
   * @param targetOrNull the target's name; null if each sample is its own target
   */
  Dataset set(String input, String targetOrNull) {
    Input in = inputs.get(input);
    if (targetOrNull == null) {
      return samples(in).withSamplesAsTargets();
    }
    Target t = targets.get(targetOrNull);
    if (t.labels != null) {
      return in.bytes != null
          ? Dataset.of(name, in.shape, t.classes, in.bytes, t.labels)
          : Dataset.of(name, in.shape, t.classes, in.floats, t.labels);
    }
    FloatBuffer values = FloatBuffer.wrap(t.values);
    Dataset set =
        in.bytes != null
            ? Dataset.ofTargets(name, in.shape, in.bytes, t.shape, values)
            : Dataset.ofTargets(name, in.shape, in.floats, t.shape, values);
    return set.withClasses(t.classes);
  }

  /** Creates a data set with placeholder labels, which are never read. */
  private Dataset samples(Input in) {
    int[] none = new int[(int) size];
    return in.bytes != null
        ? Dataset.of(name, in.shape, List.of(name), in.bytes, none)
        : Dataset.of(name, in.shape, List.of(name), in.floats, none);
  }

  private static boolean is(String tensor, String what) {
    return tensor.equals(what) || tensor.startsWith(what + ".");
  }

  /**
   * Returns the name after {@code inputs.} or {@code targets.}; empty if the tensor has no such
   * name.
   */
  private static String named(String tensor, String what) {
    return tensor.equals(what) ? UNNAMED : tensor.substring(what.length() + 1);
  }

  private void check(String tensor) {
    if (!is(tensor, INPUTS) && !is(tensor, TARGETS)) {
      throw new FormatException(
          "tensor " + tensor + " is not one of inputs, inputs.NAME, targets, targets.NAME");
    }
    Shape shape = file.shape(tensor);
    if (shape.rank() < (is(tensor, INPUTS) ? 2 : 1) || !isSample(each(shape))) {
      throw new FormatException(
          "tensor " + tensor + " of shape " + shape + " is not an array of samples [N, ...]");
    }
    if (size >= 0 && shape.dim(0) != size) {
      throw new FormatException(
          "tensor " + tensor + " has " + shape.dim(0) + " samples, but " + first + " has " + size);
    }
    size = shape.dim(0);
    first = tensor;
  }

  private static Shape each(Shape all) {
    return Shape.of(Arrays.copyOfRange(all.toArray(), 1, all.rank()));
  }

  private static boolean isSample(Shape each) {
    return each.elements() >= 1 && each.elements() <= SafetensorsHeader.MAX_ELEMENTS;
  }

  private void requireNames(String what) {
    List<String> all = file.names().stream().filter(t -> is(t, what)).toList();
    if (all.isEmpty() && what.equals(INPUTS)) {
      throw new FormatException("it has no tensor \"inputs\"");
    }
    if (all.size() > 1 && all.contains(what)) {
      throw new FormatException("several " + what + " must be named " + what + ".NAME: " + all);
    }
  }

  private void read(String tensor) {
    Shape each = each(file.shape(tensor));
    if (is(tensor, INPUTS)) {
      inputs.put(named(tensor, INPUTS), input(tensor, each));
    } else {
      targets.put(named(tensor, TARGETS), target(tensor, each));
    }
  }

  private Input input(String tensor, Shape each) {
    return file.dtype(tensor).equals(ArrayType.U8.name())
        ? new Input(each, file.bytes(tensor), null)
        : new Input(each, null, finite(tensor, file.floats(tensor)));
  }

  private Target target(String tensor, Shape each) {
    String key = CLASSES + tensor.substring(TARGETS.length());
    List<String> classes = classes(key);
    if (each.rank() == 0 && file.isInteger(tensor)) {
      if (classes.isEmpty()) {
        throw new FormatException(
            "tensor "
                + tensor
                + " has labels: the metadata must have the key "
                + key
                + ", a JSON list of class names");
      }
      return new Target(classes, labels(tensor, classes.size()), null, null);
    }
    if (each.rank() == 1 && !classes.isEmpty() && classes.size() != each.dim(0)) {
      throw new FormatException(
          key + ": " + classes.size() + " class names do not fit targets of " + each);
    }
    float[] values =
        file.isInteger(tensor)
            ? file.integersAsFloats(tensor)
            : finite(tensor, file.floats(tensor));
    return new Target(classes, null, each.rank() == 0 ? Shape.of(1) : each, values);
  }

  private int[] labels(String tensor, int classes) {
    int[] labels = file.ints(tensor);
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= classes) {
        throw new FormatException(
            "tensor "
                + tensor
                + ": label "
                + labels[i]
                + " of sample "
                + i
                + " is outside [0, "
                + classes
                + ")");
      }
    }
    return labels;
  }

  private float[] finite(String tensor, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            "tensor " + tensor + " has " + values[i] + " in sample " + i / (values.length / size));
      }
    }
    return values;
  }

  private List<String> classes(String key) {
    String text = file.metadata().get(key);
    return text == null
        ? List.of()
        : new JsonFields("metadata", Json.NODES.objectNode().set(key, Json.parse(key, text)))
            .texts(key);
  }

  private void requireClassesOfTargets(String key) {
    if (is(key, CLASSES) && !targets.containsKey(named(key, CLASSES))) {
      throw new FormatException(
          "key "
              + key
              + " of the metadata lists the classes of tensor "
              + TARGETS
              + key.substring(CLASSES.length())
              + ", which the file does not have");
    }
  }
}

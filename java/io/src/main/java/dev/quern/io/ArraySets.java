package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NumericException;
import dev.quern.io.folder.Part;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The creation of data sets from arrays in files. */
final class ArraySets {
  /**
   * The maximum number of classes for labels without class names; arrays with larger integers are
   * targets.
   */
  static final int MOST_CLASSES = 1 << 16;

  private final ArrayFilesBuilder options;
  private final ArrayFinder found;
  private final List<StoredSamples> stored;
  private final String name;
  private final Map<Part, int[]> labels = new HashMap<>();

  /**
   * Creates the converter of arrays to data sets.
   *
   * @param stored receives the sample arrays that are read from their files on demand
   */
  ArraySets(ArrayFilesBuilder options, ArrayFinder found, List<StoredSamples> stored) {
    this.options = options;
    this.found = found;
    this.stored = stored;
    name = ArrayFinder.name(options.path);
  }

  Map<Part, Dataset> read() {
    Map<Part, ArrayEntry> inputs = found.all(ArrayName.Role.INPUTS);
    Map<Part, ArrayEntry> targets = found.all(ArrayName.Role.TARGETS);
    inputs.forEach((part, samples) -> requireFit(samples, targets.get(part)));
    targets.forEach(
        (part, array) -> {
          if (areLabels(array)) {
            labels.put(part, array.ints().get());
          }
        });
    List<String> classes = classes(targets);
    Map<Part, Dataset> sets = new EnumMap<>(Part.class);
    inputs.forEach(
        (part, samples) -> sets.put(part, set(part, samples, targets.get(part), classes)));
    return sets;
  }

  private static void requireFit(ArrayEntry samples, ArrayEntry targets) {
    for (ArrayEntry array : List.of(samples, targets)) {
      if (array.type() == null || array.type() == ArrayType.TEXT) {
        throw new FormatException(array.what() + " is not of a supported numeric type");
      }
    }
    if (targets.shape().rank() < 1
        || samples.shape().rank() < 1
        || targets.shape().dim(0) != samples.shape().dim(0)) {
      throw new FormatException(
          targets.what()
              + ": shape "
              + targets.shape()
              + " does not fit the samples "
              + samples.shape()
              + " of "
              + samples.name());
    }
  }

  private static boolean areLabels(ArrayEntry array) {
    Shape shape = array.shape();
    return array.type().isWhole() && (shape.rank() == 1 || shape.rank() == 2 && shape.dim(1) == 1);
  }

  private List<String> classes(Map<Part, ArrayEntry> targets) {
    List<String> names = options.classes == null ? found.classes() : options.classes;
    int most = 0;
    for (Map.Entry<Part, int[]> e : labels.entrySet()) {
      int[] own = e.getValue();
      for (int i = 0; i < own.length; i++) {
        most = Math.max(most, own[i] + 1);
        if (own[i] < 0 || own[i] >= (names == null ? MOST_CLASSES : names.size())) {
          throw new FormatException(
              targets.get(e.getKey()).what()
                  + ": label "
                  + own[i]
                  + " of sample "
                  + i
                  + " is not one of "
                  + (names == null ? MOST_CLASSES : names.size())
                  + " classes");
        }
      }
    }
    return names != null ? names : IntStream.range(0, most).mapToObj(Integer::toString).toList();
  }

  private Dataset set(Part part, ArrayEntry samples, ArrayEntry targets, List<String> classes) {
    ArrayOrder order = ArrayOrder.of(samples.what(), samples.shape(), options.layout);
    int[] own = labels.get(part);
    long each = samples.type().isByte() ? 1 : Float.BYTES;
    boolean stays =
        samples.place() != null && samples.shape().elements() > options.memoryBytes() / each;
    if (own != null) {
      return stays ? stored(samples, order, classes, own) : inMemory(samples, order, classes, own);
    }
    Shape targetShape = targetShape(targets);
    if (targetShape.rank() == 1 && !classes.isEmpty() && classes.size() != targetShape.dim(0)) {
      throw new FormatException(
          targets.what() + ": " + classes.size() + " names do not fit targets of " + targetShape);
    }
    FloatBuffer values = FloatBuffer.wrap(targets(targets));
    if (stays) {
      return stored(samples, order, classes, null).withTargets(targetShape, values);
    }
    int[] none = new int[(int) samples.shape().dim(0)];
    return inMemory(samples, order, List.of(name), none)
        .withTargets(targetShape, values)
        .withClasses(classes);
  }

  private Dataset stored(
      ArrayEntry samples, ArrayOrder order, List<String> classes, int[] labelsOrNull) {
    StoredSamples set = new StoredSamples(name, samples, order, classes, labelsOrNull);
    stored.add(set);
    return set;
  }

  private Dataset inMemory(ArrayEntry samples, ArrayOrder order, List<String> classes, int[] own) {
    if (samples.type().isByte()) {
      byte[] values = samples.bytes().get();
      order.apply(values);
      return Dataset.of(name, order.shape(), classes, values, own);
    }
    float[] values = finite(samples, samples.floats().get());
    order.apply(values);
    return Dataset.of(name, order.shape(), classes, values, own);
  }

  /**
   * Returns the shape of one target. Targets {@code [N, H, W]} contain a class per pixel and must
   * have the size of the images.
   */
  private Shape targetShape(ArrayEntry targets) {
    Shape all = targets.shape();
    return all.rank() == 1
        ? Shape.of(1)
        : ArrayOrder.of(targets.what(), all, all.rank() == 4 ? options.layout : ArrayLayout.AS_IS)
            .shape();
  }

  private float[] targets(ArrayEntry targets) {
    float[] values = finite(targets, targets.floats().get());
    if (targets.shape().rank() == 4) {
      ArrayOrder.of(targets.what(), targets.shape(), options.layout).apply(values);
    }
    return values;
  }

  private static float[] finite(ArrayEntry array, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new NumericException(
            array.what()
                + " has "
                + values[i]
                + " in sample "
                + i / (values.length / array.shape().dim(0)));
      }
    }
    return values;
  }
}

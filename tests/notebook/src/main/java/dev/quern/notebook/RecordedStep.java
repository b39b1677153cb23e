package dev.quern.notebook;

import dev.quern.error.FormatException;
import dev.quern.io.Safetensors;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step of the notebook as NumPy recorded it: images, labels, the parameters before and
 * after, every activation and every gradient by the notebook's own formulas. Immutable, as long as
 * nobody changes an array that it hands out.
 */
final class RecordedStep {
  static final int CLASSES = 10;

  /**
   * The parameters, as the notebook lays them out: a kernel {@code [C, h, w]}, a matrix inputs
   * first.
   */
  static final Map<String, Shape> PARAMETERS = parameters();

  /** Those of the parameters that the notebook keeps as int64. */
  static final List<String> KERNELS = List.of("K1", "K2");

  private static final int MOST_BYTE = 255;

  private final Path file;
  private final Map<String, double[]> tensors = new LinkedHashMap<>();
  private final int images;

  private RecordedStep(Path file, Safetensors content) {
    this.file = file;
    this.images = images(content);
    shapes(images).forEach((name, shape) -> tensors.put(name, values(content, name, shape)));
    for (String name : List.of("x", "y", "before.K1", "before.K2")) {
      requireWhole(name);
    }
    requireRange("x", MOST_BYTE);
    requireRange("y", CLASSES - 1);
    for (String name : PARAMETERS.keySet()) {
      requireFloats("before." + name);
    }
  }

  /**
   * Reads a file and checks that it is whole: each tensor there and in its shape, pixels from 0 to
   * 255, labels from 0 to 9, kernels of whole numbers, parameters that float32 can hold.
   *
   * @throws FormatException if it is not; says what is wrong
   * @throws dev.quern.error.NotFoundException if there is no such file
   */
  static RecordedStep read(Path file) {
    return new RecordedStep(file, Safetensors.read(file));
  }

  /** How many images the step was made on. */
  int images() {
    return images;
  }

  /** The recorded values of a tensor, row-major. */
  double[] values(String name) {
    return tensors.get(name);
  }

  /** The recorded values of a tensor, rounded to single precision. */
  float[] floats(String name) {
    double[] values = values(name);
    float[] narrow = new float[values.length];
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  int[] labels() {
    double[] y = values("y");
    int[] labels = new int[y.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) y[i];
    }
    return labels;
  }

  private static Map<String, Shape> parameters() {
    Map<String, Shape> all = new LinkedHashMap<>();
    all.put("K1", Shape.of(3, 5, 5));
    all.put("K2", Shape.of(1, 3, 3));
    all.put("W3", Shape.of(121, 64));
    all.put("b3", Shape.of(64));
    all.put("W4", Shape.of(64, CLASSES));
    all.put("b4", Shape.of(CLASSES));
    return all;
  }

  /** Every tensor of a recorded step on n images. */
  static Map<String, Shape> shapes(long n) {
    Map<String, Shape> all = new LinkedHashMap<>();
    all.put("x", Shape.of(n, 3, 32, 32));
    all.put("y", Shape.of(n));
    all.put("conv1_activated", Shape.of(n, 1, 28, 28));
    all.put("pool1", Shape.of(n, 1, 14, 14));
    all.put("conv2_activated", Shape.of(n, 1, 12, 12));
    all.put("flat", Shape.of(n, 121));
    all.put("fc_activated", Shape.of(n, 64));
    all.put("logits", Shape.of(n, CLASSES));
    all.put("probs", Shape.of(n, CLASSES));
    all.put("loss", Shape.of(1));
    for (String gradient : List.of("conv2_activated", "pool1", "conv1_activated", "x")) {
      all.put("d" + gradient, all.get(gradient));
    }
    PARAMETERS.forEach(
        (name, shape) -> {
          all.put("before." + name, shape);
          all.put("d" + name, shape);
          all.put("after." + name, shape);
        });
    return all;
  }

  private int images(Safetensors content) {
    requirePresent(content, "x");
    Shape x = content.shape("x");
    if (x.rank() != 4 || x.dim(0) < 1) {
      throw wrong("tensor x is " + x + ", images of 3x32x32 are wanted");
    }
    return Math.toIntExact(x.dim(0));
  }

  private double[] values(Safetensors content, String name, Shape wanted) {
    requirePresent(content, name);
    Shape shape = content.shape(name);
    if (!shape.equals(wanted)) {
      throw wrong("tensor " + name + " is " + shape + ", " + wanted + " is wanted");
    }
    return content.doubles(name);
  }

  private void requirePresent(Safetensors content, String name) {
    if (!content.has(name)) {
      throw wrong("there is no tensor " + name);
    }
  }

  private void requireWhole(String name) {
    for (double v : values(name)) {
      if (v != Math.rint(v) || Double.isInfinite(v)) { // NaN equals nothing
        throw wrong("tensor " + name + " holds " + v + ", whole numbers are wanted");
      }
    }
  }

  private void requireRange(String name, int most) {
    for (double v : values(name)) {
      if (v < 0 || v > most) {
        throw wrong(
            "tensor " + name + " holds " + v + ", numbers from 0 to " + most + " are wanted");
      }
    }
  }

  private void requireFloats(String name) {
    for (double v : values(name)) {
      if (!Float.isFinite((float) v)) {
        throw wrong("tensor " + name + " holds " + v + ", which is no finite float32");
      }
    }
  }

  private FormatException wrong(String what) {
    return new FormatException(
        "replay: " + file + " is not a recorded step of the notebook: " + what);
  }
}

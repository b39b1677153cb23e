package dev.quern.notebook;

import dev.quern.io.Safetensors;
import dev.quern.notebook.numpy.NotebookModel;
import dev.quern.notebook.numpy.NotebookParameters;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** Recorded steps for tests, made by the notebook as written in plain Java. */
final class Records {
  private static final int IMAGE = 3 * 32 * 32;

  private Records() {}

  /** A step on noise, a black image (nothing but ties) and one of two colors. */
  static LinkedHashMap<String, Safetensors.Entry> step() {
    return tensors(new NotebookModel(parameters()));
  }

  /**
   * The notebook's, but with a kernel of its own for each channel of the images, and with a second
   * kernel that leads gradients to the first window.
   */
  private static NotebookParameters parameters() {
    NotebookParameters p = NotebookParameters.initial(1);
    long[] k1 = p.k1().clone();
    for (int i = 25; i < k1.length; i++) {
      k1[i] = i % 7 - 2;
    }
    long[] k2 = {2, 1, 0, 1, 1, 0, 0, 0, 0};
    return new NotebookParameters(k1, k2, p.w3(), p.b3(), p.w4(), p.b4());
  }

  /** The step after that: its kernels are -2^63 throughout. */
  static LinkedHashMap<String, Safetensors.Entry> secondStep() {
    NotebookModel model = new NotebookModel(parameters());
    model.step(pixels(), labels());
    return tensors(model);
  }

  /**
   * The first image has a bright square in its first corner, so that ties and what is counted twice
   * there weigh.
   */
  static byte[] pixels() {
    byte[] pixels = new byte[6 * IMAGE];
    new Random(5).nextBytes(pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) (pixels[i] & 31);
    }
    for (int i = 0; i < IMAGE; i++) {
      boolean corner = i % 32 < 8 && i / 32 % 32 < 8;
      pixels[i] = (byte) (corner ? 220 : 0);
    }
    Arrays.fill(pixels, 4 * IMAGE, 5 * IMAGE, (byte) 0);
    for (int i = 5 * IMAGE; i < 6 * IMAGE; i++) {
      pixels[i] = (byte) (i % 32 < 16 ? 200 : 60);
    }
    return pixels;
  }

  static int[] labels() {
    return new int[] {3, 0, 9, 3, 5, 1};
  }

  private static LinkedHashMap<String, Safetensors.Entry> tensors(NotebookModel model) {
    Map<String, NdArray> computed = model.step(pixels(), labels()).tensors();
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    computed.forEach(
        (name, array) ->
            all.put(name, Safetensors.Entry.doubles(array.shape(), array.values().clone())));
    return all;
  }

  static Path write(Path file, LinkedHashMap<String, Safetensors.Entry> tensors) {
    Safetensors.write(file, Map.of(), tensors);
    return file;
  }

  /** A copy of a recorded file in which one tensor's values are changed. */
  static Path tamper(Path from, Path to, String name, Consumer<double[]> change) {
    Safetensors whole = Safetensors.read(from);
    LinkedHashMap<String, Safetensors.Entry> all = new LinkedHashMap<>();
    for (String n : whole.names()) {
      double[] values = whole.doubles(n).clone();
      if (n.equals(name)) {
        change.accept(values);
      }
      all.put(n, Safetensors.Entry.doubles(whole.shape(n), values));
    }
    return write(to, all);
  }

  static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  static Safetensors.Entry zeros(long... dims) {
    Shape shape = Shape.of(dims);
    return Safetensors.Entry.doubles(shape, new double[(int) shape.elements()]);
  }
}

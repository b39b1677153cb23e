package dev.quern.cli.data;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.io.DatasetFile;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;

/** Data sets of a user's own in files, and networks for them: dark pictures with bright shapes. */
final class OwnSamples {
  static final int SIZE = 16;

  private static final Shape PICTURE = Shape.of(1, SIZE, SIZE);
  private static final List<String> SIDES = List.of("row", "column");

  private OwnSamples() {}

  /** A picture and what is to be seen on it. */
  record Picture(byte[] pixels, float[] sides, float[] kinds) {}

  /**
   * Perhaps a bright row, perhaps a bright column; of pixels, which are dark, of a row or of a
   * column.
   */
  static Picture picture(Random random) {
    boolean row = random.nextBoolean();
    boolean column = random.nextBoolean();
    int y = random.nextInt(SIZE);
    int x = random.nextInt(SIZE);
    byte[] pixels = new byte[SIZE * SIZE];
    float[] kinds = new float[SIZE * SIZE];
    for (int i = 0; i < pixels.length; i++) {
      boolean inRow = row && i / SIZE == y;
      boolean inColumn = column && i % SIZE == x;
      kinds[i] = inRow ? 1 : inColumn ? 2 : 0;
      pixels[i] = (byte) ((inRow || inColumn ? 190 : 0) + random.nextInt(60));
    }
    return new Picture(pixels, new float[] {row ? 1 : 0, column ? 1 : 0}, kinds);
  }

  private static Dataset set(int count, long seed, Shape shape, boolean sides) {
    Random random = new Random(seed);
    int each = SIZE * SIZE;
    byte[] pixels = new byte[count * each];
    FloatBuffer targets = FloatBuffer.allocate(count * (int) shape.elements());
    for (int i = 0; i < count; i++) {
      Picture p = picture(random);
      System.arraycopy(p.pixels(), 0, pixels, i * each, each);
      targets.put(sides ? p.sides() : p.kinds());
    }
    return Dataset.ofTargets("bars", PICTURE, pixels, shape, targets.flip());
  }

  /** Several labels of 0 or 1. */
  static Dataset sides(int count, long seed) {
    return set(count, seed, Shape.of(2), true).withClasses(SIDES);
  }

  /** The class of each pixel. */
  static Dataset pixels(int count, long seed) {
    return set(count, seed, Shape.of(SIZE, SIZE), false)
        .withClasses(List.of("dark", "row", "column"));
  }

  /** {@link #pixels}, four pictures beside each other in one. */
  static Dataset larger(int count) {
    Dataset parts = pixels(4 * count, 3);
    int each = SIZE * SIZE;
    byte[] bytes = new byte[count * 4 * each];
    float[] kinds = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      int x = i % (4 * SIZE);
      int y = i / (4 * SIZE) % SIZE;
      int part = i / (4 * each) * 4 + x / SIZE;
      bytes[i] = parts.image(part)[y * SIZE + x % SIZE];
      kinds[i] = parts.target(part)[y * SIZE + x % SIZE];
    }
    Shape shape = Shape.of(1, SIZE, 4 * SIZE);
    return Dataset.ofTargets(
            "bars", shape, bytes, Shape.of(SIZE, 4 * SIZE), FloatBuffer.wrap(kinds))
        .withClasses(parts.classes());
  }

  /** Classes that exclude each other: how many bars there are. */
  static Dataset counts(int count, long seed) {
    Dataset sides = sides(count, seed);
    byte[] pixels = new byte[count * SIZE * SIZE];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      System.arraycopy(sides.image(i), 0, pixels, i * SIZE * SIZE, SIZE * SIZE);
      labels[i] = (int) (sides.target(i)[0] + sides.target(i)[1]);
    }
    return Dataset.of("bars", PICTURE, List.of("none", "one", "two"), pixels, labels);
  }

  /** One picture in, the count and the sides out. */
  static MultiDataset heads(int count, long seed) {
    Dataset counts = counts(count, seed);
    return MultiDataset.of(
        Map.of("input", counts), Map.of("count", counts, "sides", sides(count, seed)));
  }

  /** Writes both splits of a set into a folder, which is made. */
  static Path write(Path folder, IntFunction<Dataset> bySeed) throws IOException {
    Files.createDirectories(folder);
    DatasetFile.save(folder.resolve("train.safetensors"), bySeed.apply(1));
    DatasetFile.save(folder.resolve("test.safetensors"), bySeed.apply(2));
    return folder;
  }

  /** A network that ends in a row of so many outputs. */
  static Path row(Path file, int outputs, String task) throws IOException {
    return Files.writeString(
        file,
        """
        {"name": "row", "input": [1, 16, 16]%s, "layers": [
          {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1},
          {"type": "relu"},
          {"type": "max_pool2d", "kernel": 16},
          {"type": "flatten"},
          {"type": "linear", "out_features": %d}]}
        """
            .formatted(task.isEmpty() ? "" : ", \"task\": " + task, outputs));
  }

  /** A small U-Net for pictures of any even size. */
  static Path unet(Path file, int outputs, String task) throws IOException {
    return Files.writeString(
        file,
        """
        {"name": "unet", "input": [1, null, null], "task": "%s", "layers": [
          {"name": "down", "type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1},
          {"name": "fine", "type": "relu"},
          {"type": "max_pool2d", "kernel": 2},
          {"type": "conv2d", "out_channels": 16, "kernel": 3, "padding": 1},
          {"type": "relu"},
          {"name": "up", "type": "upsample_nearest2d", "scale_factor": 2},
          {"name": "both", "type": "concat", "inputs": ["fine", "up"]},
          {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1},
          {"type": "relu"},
          {"name": "kinds", "type": "conv2d", "out_channels": %d, "kernel": 1}]}
        """
            .formatted(task, outputs));
  }

  /** A network of two heads. */
  static Path twoHeads(Path file) throws IOException {
    return Files.writeString(
        file,
        """
        {"name": "heads", "input": [1, 16, 16], "outputs": ["count", "sides"],
         "tasks": {"sides": "multi_label"}, "layers": [
          {"type": "conv2d", "out_channels": 8, "kernel": 3, "padding": 1},
          {"type": "relu"},
          {"type": "max_pool2d", "kernel": 16},
          {"name": "flat", "type": "flatten"},
          {"name": "count", "type": "linear", "out_features": 3},
          {"name": "sides", "type": "linear", "out_features": 2, "inputs": ["flat"]}]}
        """);
  }
}

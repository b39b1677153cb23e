package dev.quern.cli;

import dev.quern.io.dataset.IdxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Small data sets that a small network learns in an epoch: each class has bars at its own place.
 */
public final class Samples {
  public static final int SIZE = 16;

  private static final int CLASSES = 10;

  private Samples() {}

  /** Writes both splits in MNIST's files, plain; the folder is made. */
  public static Path write(Path folder, int train, int test) throws IOException {
    Files.createDirectories(folder);
    write(folder, "train", train, 1);
    write(folder, "t10k", test, 2);
    return folder;
  }

  private static void write(Path folder, String split, int count, long seed) {
    byte[] labels = new byte[count];
    byte[] pixels = new byte[count * SIZE * SIZE];
    Random random = new Random(seed);
    for (int i = 0; i < count; i++) {
      labels[i] = (byte) (i % CLASSES);
      System.arraycopy(image(i % CLASSES, random), 0, pixels, i * SIZE * SIZE, SIZE * SIZE);
    }
    new IdxFile(new int[] {count, SIZE, SIZE}, pixels).write(images(folder, split));
    new IdxFile(new int[] {count}, labels).write(labels(folder, split));
  }

  public static Path images(Path folder, String split) {
    return folder.resolve(split + "-images-idx3-ubyte");
  }

  public static Path labels(Path folder, String split) {
    return folder.resolve(split + "-labels-idx1-ubyte");
  }

  /** A bright row and a bright column, both at the class's place, in noise. */
  public static byte[] image(int label, Random random) {
    byte[] image = new byte[SIZE * SIZE];
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        boolean bright = y == 3 + label || x == 3 + label;
        image[y * SIZE + x] = (byte) (bright ? 200 + random.nextInt(56) : random.nextInt(60));
      }
    }
    return image;
  }

  /** A description of a small network for these images. */
  public static Path network(Path file) throws IOException {
    return network(file, "[1, 16, 16]", 10);
  }

  /** A network that leaves height and width free. */
  public static Path anySize(Path file) throws IOException {
    return Files.writeString(
        file,
        """
        {"name": "any size", "input": [1, null, null], "layers": [
          {"name": "conv", "type": "conv2d", "out_channels": 4, "kernel": 3},
          {"type": "relu"},
          {"type": "adaptive_avg_pool2d", "output_size": 2},
          {"type": "flatten"},
          {"type": "linear", "out_features": 10}]}
        """);
  }

  public static Path network(Path file, String input, int classes) throws IOException {
    return Files.writeString(
        file,
        """
        {"name": "small", "input": %s, "layers": [
          {"type": "conv2d", "out_channels": 4, "kernel": 3},
          {"type": "relu"},
          {"type": "max_pool2d", "kernel": 2},
          {"type": "flatten"},
          {"type": "linear", "out_features": %d}]}
        """
            .formatted(input, classes));
  }
}

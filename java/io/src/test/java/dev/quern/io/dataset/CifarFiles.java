package dev.quern.io.dataset;

import dev.quern.io.PickleBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** CIFAR-10 in either layout, two images a batch; batch 0 is the test batch. */
final class CifarFiles {
  static final List<String> CLASSES =
      List.of(
          "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

  private static final int BATCH = 2;

  private CifarFiles() {}

  /** Writes all six batches and the class names; returns their folder. */
  static Path write(Path parent, CifarLayout layout) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(layout.folder()));
    for (int b = 0; b <= 5; b++) {
      byte[] pixels = concat(image(b, 0), image(b, 1));
      Files.write(
          b == 0 ? layout.testBatch(folder) : layout.trainingBatch(folder, b),
          batch(layout, new int[] {label(b, 0), label(b, 1)}, pixels));
    }
    Files.write(layout.meta(folder), meta(layout));
    return folder;
  }

  static int label(int batch, int index) {
    return (batch * BATCH + index) * 7 % 10;
  }

  static byte[] image(int batch, int index) {
    byte[] pixels = new byte[CifarReader.IMAGE_BYTES];
    new Random(batch * BATCH + index).nextBytes(pixels);
    return pixels;
  }

  static byte[] batch(CifarLayout layout, int[] labels, byte[] pixels) {
    if (layout == CifarLayout.PICKLE) {
      return PickleBuilder.batch(labels, pixels);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int n = CifarReader.IMAGE_BYTES;
    for (int i = 0; i < labels.length; i++) {
      out.write(labels[i]);
      out.write(pixels, i * n, n);
    }
    return out.toByteArray();
  }

  private static byte[] meta(CifarLayout layout) {
    if (layout == CifarLayout.BINARY) {
      return (String.join("\n", CLASSES) + "\n\n").getBytes();
    }
    PickleBuilder pickle = new PickleBuilder().op("}").text("label_names").op("](");
    CLASSES.forEach(pickle::text);
    return pickle.op("es").bytes();
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }
}

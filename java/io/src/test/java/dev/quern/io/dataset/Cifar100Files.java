package dev.quern.io.dataset;

import dev.quern.io.PickleBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** CIFAR-100 in either layout, two images a split. */
final class Cifar100Files {
  static final int IMAGE = 3072;

  private Cifar100Files() {}

  static int fine(Split split, int index) {
    return (split.ordinal() * 2 + index) * 31 % 100;
  }

  static int coarse(Split split, int index) {
    return fine(split, index) / 5;
  }

  static byte[] image(Split split, int index) {
    byte[] pixels = new byte[IMAGE];
    new Random(split.ordinal() * 2 + index).nextBytes(pixels);
    return pixels;
  }

  static List<String> names(String word, int count) {
    return IntStream.range(0, count).mapToObj(i -> word + i).toList();
  }

  /** Writes both splits and the class names; returns their folder. */
  static Path write(Path parent, Cifar100Layout layout) throws IOException {
    Path folder = Files.createDirectories(parent.resolve(layout.folder()));
    for (Split split : Split.values()) {
      Files.write(layout.file(folder, split), split(layout, split));
    }
    if (layout == Cifar100Layout.BINARY) {
      Files.write(folder.resolve("fine_label_names.txt"), names("fine", 100));
      Files.write(folder.resolve("coarse_label_names.txt"), names("coarse", 20));
    } else {
      PickleBuilder meta = new PickleBuilder().op("}(").text("fine_label_names").op("](");
      names("fine", 100).forEach(meta::text);
      meta.op("e").text("coarse_label_names").op("](");
      names("coarse", 20).forEach(meta::text);
      Files.write(folder.resolve("meta"), meta.op("eu").bytes());
    }
    return folder;
  }

  private static byte[] split(Cifar100Layout layout, Split split) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < 2; i++) {
      if (layout == Cifar100Layout.BINARY) {
        out.write(coarse(split, i));
        out.write(fine(split, i));
      }
      out.write(image(split, i));
    }
    if (layout == Cifar100Layout.BINARY) {
      return out.toByteArray();
    }
    return new PickleBuilder()
        .op("}(")
        .text("filenames")
        .op("](")
        .text("a.png")
        .text("b.png")
        .op("e")
        .text("fine_labels")
        .labels(fine(split, 0), fine(split, 1))
        .text("coarse_labels")
        .labels(coarse(split, 0), coarse(split, 1))
        .text("data")
        .array("u1", 2, IMAGE, out.toByteArray())
        .op("u")
        .bytes();
  }
}

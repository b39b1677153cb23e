package dev.quern.io.dataset;

import dev.quern.io.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Makes data/fashion-mnist-sample anew: {@code MakeFashionMnistSample SOURCE TARGET}, where SOURCE
 * holds the four files of Fashion-MNIST. Of each class 1,000 training and 200 test images, drawn
 * without replacement, in their old order.
 */
final class MakeFashionMnistSample {
  private static final int CLASSES = 10;
  private static final long SEED = 2017;

  private MakeFashionMnistSample() {}

  public static void main(String[] args) throws IOException {
    Path source = Path.of(args[0]);
    Path target = Files.createDirectories(Path.of(args[1]));
    sample(source, target, Split.TRAIN, 1000);
    sample(source, target, Split.TEST, 200);
    writeSums(target);
  }

  private static void sample(Path source, Path target, Split split, int perClass) {
    IdxFile images = IdxFile.read(source.resolve(Idx.fileName(split, "images-idx3-ubyte.gz")));
    IdxFile labels = IdxFile.read(source.resolve(Idx.fileName(split, "labels-idx1-ubyte.gz")));
    List<Integer> chosen = choose(labels.values(), perClass, new Random(SEED));
    int image = images.dims()[1] * images.dims()[2];
    byte[] pixels = new byte[chosen.size() * image];
    byte[] classes = new byte[chosen.size()];
    for (int i = 0; i < chosen.size(); i++) {
      System.arraycopy(images.values(), chosen.get(i) * image, pixels, i * image, image);
      classes[i] = labels.values()[chosen.get(i)];
    }
    Idx.write(
        target,
        split,
        new IdxFile(new int[] {chosen.size(), images.dims()[1], images.dims()[2]}, pixels),
        new IdxFile(new int[] {chosen.size()}, classes));
  }

  private static List<Integer> choose(byte[] labels, int perClass, Random random) {
    List<Integer> chosen = new ArrayList<>();
    for (int c = 0; c < CLASSES; c++) {
      int wanted = c;
      List<Integer> ofClass =
          new ArrayList<>(
              IntStream.range(0, labels.length).filter(i -> labels[i] == wanted).boxed().toList());
      Collections.shuffle(ofClass, random);
      chosen.addAll(ofClass.subList(0, perClass));
    }
    Collections.sort(chosen);
    return chosen;
  }

  private static void writeSums(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(f -> f.toString().endsWith(".gz")).sorted().toList();
    }
    StringBuilder sums = new StringBuilder();
    for (Path f : files) {
      sums.append(Sha256.of(f)).append("  ").append(f.getFileName()).append('\n');
    }
    Files.writeString(folder.resolve("SHA256SUMS"), sums);
  }
}

package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A reader of CIFAR-10 in both published layouts: {@code cifar-10-batches-bin} (raw records) and
 * {@code cifar-10-batches-py} (pickles, read without executing code). There are five training
 * batches and a test batch, each with 10,000 images of 3x32x32, in ten classes. A folder argument
 * is the folder of the batches or its parent; if it contains both layouts, the binary layout is
 * read.
 */
public final class Cifar10 {
  private static final int BATCHES = 5;
  private static final int CLASSES = 10;

  /** The number of images in a published batch. */
  private static final int BATCH = 10_000;

  private final CifarLayout layout;
  private final Path dir;
  private final int batchSize;

  /** Finds the data set in {@code folder}; the batch size is 10,000 except in tests. */
  Cifar10(Path folder, int batchSize) {
    Require.present("cifar10", "folder", folder);
    this.layout = layout(folder).orElseThrow(() -> missing(folder));
    this.dir = inside(folder, layout).orElseThrow();
    this.batchSize = batchSize;
  }

  /**
   * Loads the 50,000 training images in the order of their batches, or the 10,000 test images.
   *
   * @throws NotFoundException if the folder contains neither layout, or a file is missing
   * @throws FormatException if a file does not have the expected format
   * @throws dev.quern.error.MemoryLimitException if the images do not fit in the free part of the
   *     JVM's heap
   */
  public static Dataset load(Path folder, Split split) {
    Require.present("cifar10", "split", split);
    Cifar10 cifar = new Cifar10(folder, BATCH);
    return split == Split.TEST ? cifar.test() : cifar.training(1, BATCHES);
  }

  /**
   * Loads the 10,000 images of one training batch; {@code load(folder, Split.TEST)} loads the test
   * batch. Throws the exceptions of {@link #load}.
   *
   * @param number the number of the batch, 1 to 5
   */
  public static Dataset batch(Path folder, int number) {
    if (number < 1 || number > BATCHES) {
      throw new InvalidArgumentException(
          "cifar10: batch " + number + " is outside [1, " + BATCHES + "]");
    }
    return new Cifar10(folder, BATCH).training(number, number);
  }

  /** Returns whether a folder contains CIFAR-10, directly or in the subfolder of its batches. */
  public static boolean isIn(Path folder) {
    Require.present("cifar10", "folder", folder);
    return layout(folder).isPresent();
  }

  /** Loads the training batches from {@code first} to {@code last}, both included. */
  Dataset training(int first, int last) {
    List<Path> files = new ArrayList<>();
    for (int n = first; n <= last; n++) {
      files.add(layout.trainingBatch(dir, n));
    }
    return read(files);
  }

  Dataset test() {
    return read(List.of(layout.testBatch(dir)));
  }

  private Dataset read(List<Path> files) {
    return Heap.within("cifar10: " + dir, () -> readAll(files));
  }

  private Dataset readAll(List<Path> files) {
    List<String> classes = classes();
    int images = files.size() * batchSize;
    Heap.require("cifar10: " + dir, (long) images * CifarReader.IMAGE_BYTES);
    byte[] pixels = new byte[images * CifarReader.IMAGE_BYTES];
    int[] labels = new int[images];
    for (int i = 0; i < files.size(); i++) {
      CifarReader.Target to = new CifarReader.Target(pixels, labels, i * batchSize, batchSize);
      layout.read(files.get(i), to);
      CifarLayout.READER.requireLabels(files.get(i), to, CLASSES);
    }
    return Dataset.of("cifar10", Shape.of(3, 32, 32), classes, pixels, labels);
  }

  private List<String> classes() {
    List<String> classes = layout.classes(layout.meta(dir));
    if (classes.size() != CLASSES) {
      throw CifarLayout.READER.wrong(
          layout.meta(dir), "it has " + classes.size() + " class names, expected " + CLASSES);
    }
    return classes;
  }

  private static Optional<CifarLayout> layout(Path folder) {
    for (CifarLayout layout : CifarLayout.values()) {
      if (inside(folder, layout).isPresent()) {
        return Optional.of(layout);
      }
    }
    return Optional.empty();
  }

  /** Returns the folder itself or its subfolder, whichever contains the layout's files. */
  private static Optional<Path> inside(Path folder, CifarLayout layout) {
    for (Path dir : List.of(folder, folder.resolve(layout.folder()))) {
      if (Files.exists(layout.meta(dir))) {
        return Optional.of(dir);
      }
    }
    return Optional.empty();
  }

  private static NotFoundException missing(Path folder) {
    List<String> wanted = new ArrayList<>();
    for (CifarLayout layout : CifarLayout.values()) {
      wanted.add(layout.meta(Path.of(layout.folder())).toString());
    }
    return new NotFoundException(
        "cifar10: " + folder + " has neither " + String.join(" nor ", wanted));
  }
}

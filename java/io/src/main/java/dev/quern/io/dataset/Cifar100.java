package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A reader of CIFAR-100 in both published layouts: {@code cifar-100-binary} (raw records) and
 * {@code cifar-100-python} (pickles, read without executing code). There are 50,000 training and
 * 10,000 test images of 3x32x32. Each has a fine label (100 classes) and a coarse label (20
 * superclasses). A folder argument is the folder of the files or its parent; if it contains both
 * layouts, the binary layout is read.
 */
public final class Cifar100 {
  private static final int TRAIN = 50_000;
  private static final int TEST = 10_000;

  /** The label of an image that is used as its class: the fine or the coarse one. */
  public enum Labels {
    /** 100 classes, such as apple and wolf. */
    FINE(100, "cifar100"),
    /** 20 superclasses, such as fish and insects. */
    COARSE(20, "cifar100-coarse");

    private final int classes;
    private final String title;

    Labels(int classes, String title) {
      this.classes = classes;
      this.title = title;
    }

    /** Returns the data set's name. */
    String title() {
      return title;
    }

    String word() {
      return this == FINE ? "fine" : "coarse";
    }
  }

  private Cifar100() {}

  /**
   * Loads the 50,000 training images or the 10,000 test images with their fine labels.
   *
   * @throws NotFoundException if the folder contains neither layout, or a file is missing
   * @throws FormatException if a file does not have the expected format
   * @throws dev.quern.error.MemoryLimitException if the images do not fit in the free part of the
   *     JVM's heap
   */
  public static Dataset load(Path folder, Split split) {
    return load(folder, split, Labels.FINE);
  }

  /** Loads images like {@link #load(Path, Split)}, with fine or coarse labels. */
  public static Dataset load(Path folder, Split split, Labels labels) {
    Require.present(Cifar100Layout.READER.operation(), "split", split);
    return load(folder, split, labels, split == Split.TRAIN ? TRAIN : TEST);
  }

  /**
   * Loads images; the number is a parameter for tests.
   *
   * @param images the expected number of images
   */
  static Dataset load(Path folder, Split split, Labels labels, int images) {
    CifarReader reader = Cifar100Layout.READER;
    Require.present(reader.operation(), "folder", folder);
    Require.present(reader.operation(), "labels", labels);
    Cifar100Layout layout = layout(folder).orElseThrow(() -> missing(folder));
    Path dir = layout.inside(folder).orElseThrow();
    String what = reader.operation() + ": " + dir;
    return Heap.within(
        what,
        () -> {
          List<String> classes = layout.classes(dir, labels);
          if (classes.size() != labels.classes) {
            throw reader.wrong(
                dir,
                classes.size() + " " + labels.word() + " class names, expected " + labels.classes);
          }
          Heap.require(what, (long) images * CifarReader.IMAGE_BYTES);
          CifarReader.Target read =
              new CifarReader.Target(
                  new byte[images * CifarReader.IMAGE_BYTES], new int[images], 0, images);
          Path file = layout.file(dir, split);
          layout.read(file, labels, read);
          reader.requireLabels(file, read, labels.classes);
          return Dataset.of(
              labels.title(), Shape.of(3, 32, 32), classes, read.pixels(), read.labels());
        });
  }

  /** Returns whether a folder contains CIFAR-100, directly or in the subfolder of its files. */
  public static boolean isIn(Path folder) {
    Require.present(Cifar100Layout.READER.operation(), "folder", folder);
    return layout(folder).isPresent();
  }

  private static Optional<Cifar100Layout> layout(Path folder) {
    return Arrays.stream(Cifar100Layout.values())
        .filter(layout -> layout.inside(folder).isPresent())
        .findFirst();
  }

  private static NotFoundException missing(Path folder) {
    return new NotFoundException(
        Cifar100Layout.READER.operation()
            + ": "
            + folder
            + " has neither "
            + Arrays.stream(Cifar100Layout.values())
                .map(layout -> layout.mark(Path.of(layout.folder())).toString())
                .collect(Collectors.joining(" nor ")));
  }
}

package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A reader of MNIST and similar data sets in four IDX files: {@code train-images-idx3-ubyte},
 * {@code train-labels-idx1-ubyte}, and, for the test images, the same names with {@code t10k}
 * instead of {@code train}. A name may also have a dot instead of the hyphen before {@code idx},
 * and end in {@code .gz}.
 */
public final class Idx {
  private static final String IMAGES = "images-idx3-ubyte";
  private static final String LABELS = "labels-idx1-ubyte";

  private Idx() {}

  /**
   * Loads one split of a data set of grayscale images.
   *
   * @param name the name of the data set
   * @param classes the class names in label order
   * @throws NotFoundException if a file is missing
   * @throws FormatException if a file is malformed, or images and labels do not match
   * @throws dev.quern.error.MemoryLimitException if the images do not fit in the free part of the
   *     JVM's heap
   */
  public static Dataset load(Path folder, Split split, String name, List<String> classes) {
    Require.present("idx", "folder", folder);
    Require.present("idx", "split", split);
    Require.present("idx", "name", name);
    List<String> names = Require.all("idx", "classes", classes);
    return Heap.within("idx: " + folder, () -> read(folder, split, name, names));
  }

  private static Dataset read(Path folder, Split split, String name, List<String> classes) {
    return join(
        file -> {
          Path found = require(folder, split, file);
          return new Source(found.toString(), IdxFile.read(found));
        },
        name,
        classes);
  }

  /** The name and content of one of the two files of a split. */
  record Source(String file, IdxFile content) {}

  /**
   * Creates the data set of a split from its two files.
   *
   * @param kinds a function that reads the file of a kind: images or labels
   */
  static Dataset join(Function<String, Source> kinds, String name, List<String> classes) {
    Source images = kinds.apply(IMAGES);
    Source labels = kinds.apply(LABELS);
    int[] dims = dims(images, 3);
    int count = dims(labels, 1)[0];
    if (dims[0] != count || images.content().values().length == 0) {
      throw wrong(
          images,
          "dimensions "
              + Arrays.toString(dims)
              + " do not match the "
              + count
              + " labels of "
              + labels.file());
    }
    return Dataset.of(
        name,
        Shape.of(1, dims[1], dims[2]),
        classes,
        images.content().values(),
        labels(labels, classes.size()));
  }

  /** Returns whether a folder contains the images of a split. */
  public static boolean isIn(Path folder, Split split) {
    Require.present("idx", "folder", folder);
    Require.present("idx", "split", split);
    return find(folder, split, IMAGES).isPresent();
  }

  /**
   * Returns the standard file name without {@code .gz}, for example {@code t10k-labels-idx1-ubyte}.
   */
  static String fileName(Split split, String kind) {
    return (split == Split.TRAIN ? "train-" : "t10k-") + kind;
  }

  /** Writes the two files of a split under their standard names, gzipped. */
  static void write(Path folder, Split split, IdxFile images, IdxFile labels) {
    images.write(folder.resolve(fileName(split, IMAGES) + ".gz"));
    labels.write(folder.resolve(fileName(split, LABELS) + ".gz"));
  }

  private static int[] labels(Source source, int classes) {
    byte[] values = source.content().values();
    int[] labels = new int[values.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = values[i] & 0xff;
      if (labels[i] >= classes) {
        throw wrong(
            source,
            "label " + labels[i] + " of image " + i + " is outside [0, " + (classes - 1) + "]");
      }
    }
    return labels;
  }

  private static int[] dims(Source source, int rank) {
    int[] dims = source.content().dims();
    if (dims.length != rank) {
      throw wrong(source, "it has " + dims.length + " dimensions, expected " + rank);
    }
    return dims;
  }

  private static Path require(Path folder, Split split, String kind) {
    return find(folder, split, kind)
        .orElseThrow(
            () ->
                new NotFoundException(
                    "idx: " + folder + " has no " + fileName(split, kind) + ", plain or .gz"));
  }

  private static Optional<Path> find(Path folder, Split split, String kind) {
    String name = fileName(split, kind);
    String dotted = name.replace("-idx", ".idx");
    return Stream.of(name, name + ".gz", dotted, dotted + ".gz")
        .map(folder::resolve)
        .filter(Files::exists)
        .findFirst();
  }

  private static FormatException wrong(Source source, String problem) {
    return new FormatException("idx: " + source.file() + ": " + problem);
  }
}

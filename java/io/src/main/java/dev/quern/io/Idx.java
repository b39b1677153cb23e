package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.Heap;
import dev.quern.io.file.Require;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Data sets in the four IDX files of MNIST and its kin: {@code train-images-idx3-ubyte}, {@code
 * train-labels-idx1-ubyte} and the same with {@code t10k} for the test images; each also with a dot
 * before {@code idx} and with {@code .gz} at its end.
 */
public final class Idx {
  private static final String IMAGES = "images-idx3-ubyte";
  private static final String LABELS = "labels-idx1-ubyte";

  private Idx() {}

  /**
   * One split's images, of one channel.
   *
   * @param name what the data set is called
   * @param classes class names in label order
   * @throws NotFoundException if a file is missing
   * @throws FormatException if a file is malformed, or images and labels do not match
   * @throws dev.quern.error.MemoryLimitException if the images do not fit in what is left of the
   *     JVM's heap
   */
  public static Dataset load(Path folder, Split split, String name, List<String> classes) {
    Require.present("idx", "folder", folder);
    Require.present("idx", "split", split);
    Require.present("idx", "name", name);
    Require.present("idx", "classes", classes);
    return Heap.within("idx: " + folder, () -> read(folder, split, name, classes));
  }

  private static Dataset read(Path folder, Split split, String name, List<String> classes) {
    Path imageFile = require(folder, split, IMAGES);
    Path labelFile = require(folder, split, LABELS);
    IdxFile images = ofRank(imageFile, 3);
    IdxFile labels = ofRank(labelFile, 1);
    int[] dims = images.dims();
    int count = labels.values().length;
    if (dims[0] != count || images.values().length == 0) {
      throw wrong(
          imageFile,
          "dimensions " + Arrays.toString(dims) + " for the " + count + " labels of " + labelFile);
    }
    return Dataset.of(
        name,
        Shape.of(1, dims[1], dims[2]),
        classes,
        images.values(),
        labels(labelFile, labels, classes.size()));
  }

  /** Whether a folder has the images of a split. */
  public static boolean isIn(Path folder, Split split) {
    Require.present("idx", "folder", folder);
    Require.present("idx", "split", split);
    return find(folder, split, IMAGES).isPresent();
  }

  /** The file name without dot and {@code .gz}, for example {@code t10k-labels-idx1-ubyte}. */
  static String fileName(Split split, String kind) {
    return (split == Split.TRAIN ? "train-" : "t10k-") + kind;
  }

  /** Writes a split under the usual names, gzipped. */
  static void write(Path folder, Split split, IdxFile images, IdxFile labels) {
    images.write(folder.resolve(fileName(split, IMAGES) + ".gz"));
    labels.write(folder.resolve(fileName(split, LABELS) + ".gz"));
  }

  private static int[] labels(Path file, IdxFile content, int classes) {
    int[] labels = new int[content.values().length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = content.values()[i] & 0xff;
      if (labels[i] >= classes) {
        throw wrong(file, "label " + labels[i] + " of image " + i + " is not below " + classes);
      }
    }
    return labels;
  }

  private static IdxFile ofRank(Path file, int rank) {
    IdxFile content = IdxFile.read(file);
    if (content.dims().length != rank) {
      throw wrong(file, content.dims().length + " dimensions where " + rank + " are wanted");
    }
    return content;
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

  private static FormatException wrong(Path file, String problem) {
    return new FormatException("idx: " + file + ": " + problem);
  }
}

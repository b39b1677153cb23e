package dev.quern.io.dataset;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The published layouts of CIFAR-100, in order of preference. */
enum Cifar100Layout {
  /**
   * Raw records of a coarse label, a fine label and an image; class names are in text files, one
   * per line.
   */
  BINARY("cifar-100-binary", ".bin", "fine_label_names.txt") {
    @Override
    void read(Path file, Cifar100.Labels labels, CifarReader.Target to) {
      READER.readRecords(file, 2, labels == Cifar100.Labels.COARSE ? 0 : 1, to);
    }

    @Override
    List<String> classes(Path dir, Cifar100.Labels labels) {
      return READER.readLines(dir.resolve(labels.word() + "_label_names.txt"));
    }
  },

  /** Pickled dictionaries. */
  PICKLE("cifar-100-python", "", "meta") {
    @Override
    void read(Path file, Cifar100.Labels labels, CifarReader.Target to) {
      READER.readPickle(file, labels.word() + "_labels", to);
    }

    @Override
    List<String> classes(Path dir, Cifar100.Labels labels) {
      return READER.readNames(mark(dir), labels.word() + "_label_names");
    }
  };

  static final CifarReader READER = new CifarReader("cifar100");

  private final String folder;
  private final String suffix;
  private final String mark;

  Cifar100Layout(String folder, String suffix, String mark) {
    this.folder = folder;
    this.suffix = suffix;
    this.mark = mark;
  }

  /** Returns the folder's name in the published archive. */
  String folder() {
    return folder;
  }

  /** Returns the file whose presence identifies the layout. */
  Path mark(Path dir) {
    return dir.resolve(mark);
  }

  /** Returns the folder itself or its subfolder, whichever contains the layout. */
  Optional<Path> inside(Path parent) {
    return Stream.of(parent, parent.resolve(folder))
        .filter(dir -> Files.isRegularFile(mark(dir)) && !Files.isDirectory(file(dir, Split.TEST)))
        .findFirst();
  }

  Path file(Path dir, Split split) {
    return dir.resolve((split == Split.TRAIN ? "train" : "test") + suffix);
  }

  abstract void read(Path file, Cifar100.Labels labels, CifarReader.Target to);

  abstract List<String> classes(Path dir, Cifar100.Labels labels);
}

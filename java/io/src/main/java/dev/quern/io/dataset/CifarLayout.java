package dev.quern.io.dataset;

import java.nio.file.Path;
import java.util.List;

/**
 * The published layouts of CIFAR-10, in order of preference, with the names and contents of their
 * files.
 */
enum CifarLayout {
  /** Raw records of a label byte and an image; class names are in a text file, one per line. */
  BINARY("cifar-10-batches-bin", ".bin", "batches.meta.txt") {
    @Override
    void read(Path file, CifarReader.Target to) {
      READER.readRecords(file, 1, 0, to);
    }

    @Override
    List<String> classes(Path file) {
      return READER.readLines(file);
    }
  },

  /** Pickled dictionaries. */
  PICKLE("cifar-10-batches-py", "", "batches.meta") {
    @Override
    void read(Path file, CifarReader.Target to) {
      READER.readPickle(file, "labels", to);
    }

    @Override
    List<String> classes(Path file) {
      return READER.readNames(file, "label_names");
    }
  };

  static final CifarReader READER = new CifarReader("cifar10");

  private final String folder;
  private final String suffix;
  private final String meta;

  CifarLayout(String folder, String suffix, String meta) {
    this.folder = folder;
    this.suffix = suffix;
    this.meta = meta;
  }

  /** Returns the folder's name in the published archive. */
  String folder() {
    return folder;
  }

  /** Returns the file with the class names, whose presence identifies the layout. */
  Path meta(Path dir) {
    return dir.resolve(meta);
  }

  /** Returns the file of a training batch, numbered 1 to 5. */
  Path trainingBatch(Path dir, int number) {
    return dir.resolve("data_batch_" + number + suffix);
  }

  Path testBatch(Path dir) {
    return dir.resolve("test_batch" + suffix);
  }

  /** Reads the images and labels of one file. */
  abstract void read(Path file, CifarReader.Target to);

  abstract List<String> classes(Path file);
}

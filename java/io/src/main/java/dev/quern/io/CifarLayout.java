package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import dev.quern.io.pickle.NumpyArray;
import dev.quern.io.pickle.SafeUnpickler;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The published layouts of CIFAR-10, the preferred first: what the files are called and what is in
 * them.
 */
enum CifarLayout {
  /** Records of a label byte and an image, and class names a line each. */
  BINARY("cifar-10-batches-bin", ".bin", "batches.meta.txt") {
    @Override
    void read(Path file, byte[] pixels, int[] labels, int from, int images) {
      byte[] records = RegularFile.readAll(OPERATION, file, MAX_BYTES);
      int record = 1 + IMAGE_BYTES;
      if (records.length != images * record) {
        throw wrong(
            file,
            records.length
                + " bytes are not "
                + images
                + " records of "
                + record
                + "; is it cut short?");
      }
      for (int i = 0; i < images; i++) {
        labels[from + i] = records[i * record] & 0xff;
        System.arraycopy(records, i * record + 1, pixels, (from + i) * IMAGE_BYTES, IMAGE_BYTES);
      }
    }

    @Override
    List<String> classes(Path file) {
      return RegularFile.readText(OPERATION, file, MAX_META_BYTES)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty())
          .toList();
    }
  },

  /**
   * Pickled dictionaries: {@code data} is a uint8 array [images, 3072], {@code labels} a list of
   * integers.
   */
  PICKLE("cifar-10-batches-py", "", "batches.meta") {
    @Override
    void read(Path file, byte[] pixels, int[] labels, int from, int images) {
      Map<?, ?> batch = dictionary(file, MAX_BYTES);
      if (!(batch.get("data") instanceof NumpyArray data)) {
        throw wrong(file, "it has no array under \"data\"");
      }
      if (!Arrays.equals(data.shape(), new int[] {images, IMAGE_BYTES})) {
        throw wrong(
            file,
            "data has shape "
                + Arrays.toString(data.shape())
                + ", not ["
                + images
                + ", "
                + IMAGE_BYTES
                + "]");
      }
      List<?> list = list(file, batch, "labels");
      if (list.size() != images) {
        throw wrong(file, list.size() + " labels for " + images + " images");
      }
      for (int i = 0; i < images; i++) {
        if (!(list.get(i) instanceof Integer label)) {
          throw wrong(file, "label " + i + " is not an integer");
        }
        labels[from + i] = label;
      }
      System.arraycopy(data.data(), 0, pixels, from * IMAGE_BYTES, images * IMAGE_BYTES);
    }

    @Override
    List<String> classes(Path file) {
      return list(file, dictionary(file, MAX_META_BYTES), "label_names").stream()
          .map(name -> className(file, name))
          .toList();
    }
  };

  static final String OPERATION = "cifar10";

  /** 3 channels of 32 x 32. */
  static final int IMAGE_BYTES = 3 * 32 * 32;

  /**
   * Twice a batch: as text in a protocol-2 pickle of Python 3, half of the pixels take two bytes.
   */
  private static final int MAX_BYTES = 64 << 20;

  private static final int MAX_META_BYTES = 1 << 16;

  private final String folder;
  private final String suffix;
  private final String meta;

  CifarLayout(String folder, String suffix, String meta) {
    this.folder = folder;
    this.suffix = suffix;
    this.meta = meta;
  }

  /** The folder's name in the published archive. */
  String folder() {
    return folder;
  }

  /** The file with the class names; its presence marks the layout. */
  Path meta(Path dir) {
    return dir.resolve(meta);
  }

  /** The file of training batch 1 to 5. */
  Path trainingBatch(Path dir, int number) {
    return dir.resolve("data_batch_" + number + suffix);
  }

  Path testBatch(Path dir) {
    return dir.resolve("test_batch" + suffix);
  }

  /**
   * Reads one file's images to place {@code from} on in both arrays.
   *
   * @param images how many there must be
   */
  abstract void read(Path file, byte[] pixels, int[] labels, int from, int images);

  abstract List<String> classes(Path file);

  static FormatException wrong(Path file, String problem) {
    return new FormatException(OPERATION + ": " + file + ": " + problem);
  }

  private static Map<?, ?> dictionary(Path file, int most) {
    Object value =
        SafeUnpickler.load(OPERATION + ": " + file, RegularFile.readAll(OPERATION, file, most));
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(file, "the pickle is not a dictionary");
  }

  private static List<?> list(Path file, Map<?, ?> map, String key) {
    if (map.get(key) instanceof List<?> list) {
      return list;
    }
    throw wrong(file, "it has no list under \"" + key + "\"");
  }

  private static String className(Path file, Object name) {
    if (name instanceof String s) {
      return s;
    }
    if (name instanceof byte[] b) {
      return RegularFile.utf8(OPERATION + ": " + file + ": a class name", b);
    }
    throw wrong(file, "a class name is not text");
  }
}

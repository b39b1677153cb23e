package dev.quern.io.dataset;

import dev.quern.error.FormatException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.pickle.NumpyArray;
import dev.quern.io.pickle.SafeUnpickler;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A reader of the file formats of CIFAR-10 and CIFAR-100: raw records and pickles.
 *
 * @param operation the operation, with which messages begin
 */
record CifarReader(String operation) {
  /** The size of an image in bytes: 3 channels of 32 x 32. */
  static final int IMAGE_BYTES = 3 * 32 * 32;

  /** The maximum size in bytes of a pickle besides the pixels, for labels and file names. */
  private static final int PICKLE_BYTES = 8 << 20;

  private static final int MAX_META_BYTES = 1 << 16;
  private static final int BUFFER_BYTES = 1 << 16;

  /** The destination of the images and labels of a file. */
  record Target(byte[] pixels, int[] labels, int from, int images) {}

  /**
   * Reads records, each of one or more label bytes and an image.
   *
   * @param labelBytes the number of label bytes in a record
   * @param at the index of the label byte to read
   */
  void readRecords(Path file, int labelBytes, int at, Target to) {
    long record = labelBytes + (long) IMAGE_BYTES;
    try (RandomAccessFile whole = RegularFile.open(operation, file)) {
      if (whole.length() != to.images * record) {
        throw wrong(
            file,
            whole.length()
                + " bytes are not "
                + to.images
                + " records of "
                + record
                + "; is it truncated?");
      }
      DataInputStream in =
          new DataInputStream(new BufferedInputStream(RegularFile.stream(whole), BUFFER_BYTES));
      byte[] labels = new byte[labelBytes];
      for (int i = to.from; i < to.from + to.images; i++) {
        in.readFully(labels);
        to.labels[i] = labels[at] & 0xff;
        in.readFully(to.pixels, i * IMAGE_BYTES, IMAGE_BYTES);
      }
    } catch (EOFException e) {
      throw new FormatException(
          operation + ": " + file + ": the file was truncated while it was read", e);
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  /**
   * Reads images and labels from a pickled dictionary, in which {@code data} is a uint8 array of
   * shape [images, 3072].
   *
   * @param key the key of the list of labels
   */
  void readPickle(Path file, String key, Target to) {
    // as text in a protocol-2 pickle of Python 3, half of the pixels take two bytes
    long most = PICKLE_BYTES + 2L * to.images * IMAGE_BYTES;
    Map<?, ?> batch = dictionary(file, (int) most);
    if (!(batch.get("data") instanceof NumpyArray data)) {
      throw wrong(file, "it has no array under \"data\"");
    }
    if (!Arrays.equals(data.shape(), new int[] {to.images, IMAGE_BYTES})) {
      throw wrong(
          file,
          "data has shape "
              + Arrays.toString(data.shape())
              + ", not ["
              + to.images
              + ", "
              + IMAGE_BYTES
              + "]");
    }
    List<?> list = list(file, batch, key);
    if (list.size() != to.images) {
      throw wrong(file, list.size() + " labels do not match " + to.images + " images");
    }
    for (int i = 0; i < to.images; i++) {
      if (!(list.get(i) instanceof Integer label)) {
        throw wrong(file, "label " + i + " is not an integer");
      }
      to.labels[to.from + i] = label;
    }
    System.arraycopy(data.data(), 0, to.pixels, to.from * IMAGE_BYTES, to.images * IMAGE_BYTES);
  }

  /** Reads a text file of names, one per line. */
  List<String> readLines(Path file) {
    return RegularFile.readNames(operation, file, MAX_META_BYTES);
  }

  /** Reads a list of names from a pickled dictionary. */
  List<String> readNames(Path file, String key) {
    return list(file, dictionary(file, MAX_META_BYTES), key).stream()
        .map(name -> name(file, name))
        .toList();
  }

  /**
   * Checks that all labels are below the number of classes.
   *
   * @param classes the number of classes
   * @throws FormatException if a label is too large
   */
  void requireLabels(Path file, Target read, int classes) {
    for (int i = 0; i < read.images; i++) {
      int label = read.labels[read.from + i];
      if (label < 0 || label >= classes) {
        throw wrong(
            file, "label " + label + " of image " + i + " is outside [0, " + (classes - 1) + "]");
      }
    }
  }

  FormatException wrong(Path file, String problem) {
    return new FormatException(operation + ": " + file + ": " + problem);
  }

  private Map<?, ?> dictionary(Path file, int most) {
    Object value =
        SafeUnpickler.load(operation + ": " + file, RegularFile.readAll(operation, file, most));
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(file, "the pickle is not a dictionary");
  }

  private List<?> list(Path file, Map<?, ?> map, String key) {
    if (map.get(key) instanceof List<?> list) {
      return list;
    }
    throw wrong(file, "it has no list under \"" + key + "\"");
  }

  private String name(Path file, Object name) {
    if (name instanceof String s) {
      return s;
    }
    if (name instanceof byte[] b) {
      return RegularFile.utf8(operation + ": " + file + ": a class name", b);
    }
    throw wrong(file, "a class name is not text");
  }
}

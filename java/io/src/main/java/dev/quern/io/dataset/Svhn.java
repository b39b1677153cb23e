package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.mat.MatArray;
import dev.quern.io.mat.MatFile;
import dev.quern.tensor.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A reader of the Street View House Numbers in format 2, cropped digits (Netzer et al., 2011):
 * {@code train_32x32.mat} with 73,257 images of 3x32x32, {@code test_32x32.mat} with 26,032 images,
 * and ten classes, 0 to 9. The files are MATLAB level 5 files with {@code X}, uint8 [32, 32, 3, N],
 * and {@code y}, which has a number from 1 to 10 for each image; 10 means the digit 0.
 */
public final class Svhn {
  static final String NAME = "svhn";
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int DIGITS = 10;

  private Svhn() {}

  /**
   * Loads one split.
   *
   * @throws NotFoundException if the split's file is missing
   * @throws FormatException if the file does not have the expected format
   * @throws dev.quern.error.MemoryLimitException if the images do not fit in the free part of the
   *     JVM's heap
   */
  public static Dataset load(Path folder, Split split) {
    Require.present(NAME, "folder", folder);
    Require.present(NAME, "split", split);
    return read(file(folder, split));
  }

  /**
   * Loads the images of one file in this format, such as {@code extra_32x32.mat}. Throws the
   * exceptions of {@link #load}.
   */
  public static Dataset read(Path file) {
    Require.present(NAME, "file", file);
    return Heap.within(NAME + ": " + file, () -> whole(file));
  }

  private static Dataset whole(Path file) {
    Map<String, MatArray> arrays = MatFile.read(NAME, file, Set.of("X", "y"));
    MatArray images = arrays.get("X");
    MatArray labels = arrays.get("y");
    if (images == null || labels == null) {
      throw wrong(file, "it has no array " + (images == null ? "X" : "y"));
    }
    int[] dims = images.dims();
    int size = dims[dims.length - 1];
    // for a single image, MATLAB omits the last dimension
    boolean one = Arrays.equals(dims, new int[] {SIDE, SIDE, CHANNELS});
    if (!one && !Arrays.equals(dims, new int[] {SIDE, SIDE, CHANNELS, size}) || size == 0) {
      throw wrong(file, "array X of " + Arrays.toString(dims) + " is not [32, 32, 3, N]");
    }
    byte[] pixels = images.bytes();
    for (int plane = 0; plane < pixels.length; plane += SIDE * SIDE) {
      transpose(pixels, plane);
    }
    return Dataset.of(
        NAME,
        Shape.of(CHANNELS, SIDE, SIDE),
        IntStream.range(0, DIGITS).mapToObj(Integer::toString).toList(),
        pixels,
        digits(file, labels, one ? 1 : size));
  }

  /** Transposes one plane of an image from column-major to row-major order, in place. */
  private static void transpose(byte[] pixels, int plane) {
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < y; x++) {
        int a = plane + y * SIDE + x;
        int b = plane + x * SIDE + y;
        byte kept = pixels[a];
        pixels[a] = pixels[b];
        pixels[b] = kept;
      }
    }
  }

  private static int[] digits(Path file, MatArray y, int size) {
    int[] dims = y.dims();
    if (!Arrays.equals(dims, new int[] {size, 1}) && !Arrays.equals(dims, new int[] {1, size})) {
      throw wrong(
          file,
          "array y of "
              + Arrays.toString(dims)
              + " is not ["
              + size
              + ", 1], the number of images in X");
    }
    int[] digits = y.wholes();
    for (int i = 0; i < size; i++) {
      if (digits[i] < 1 || digits[i] > DIGITS) {
        throw wrong(file, "label " + digits[i] + " of image " + i + " is outside [1, 10]");
      }
      digits[i] %= DIGITS;
    }
    return digits;
  }

  /** Returns whether a folder contains the file of a split. */
  public static boolean isIn(Path folder, Split split) {
    Require.present(NAME, "folder", folder);
    Require.present(NAME, "split", split);
    return Files.exists(file(folder, split));
  }

  private static Path file(Path folder, Split split) {
    return folder.resolve(split == Split.TRAIN ? "train_32x32.mat" : "test_32x32.mat");
  }

  private static FormatException wrong(Path file, String problem) {
    return new FormatException(NAME + ": " + file + ": " + problem);
  }
}

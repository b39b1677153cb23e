package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A builder of {@link ArrayFiles}. Each method changes this builder and returns it. Not
 * thread-safe.
 */
public final class ArrayFilesBuilder {
  final Path path;
  @Nullable ArrayLayout layout;
  @Nullable List<String> classes;

  /** The fraction of samples for training; negative if no samples are held out. */
  double split = -1;

  long seed;

  /** The maximum bytes of samples in the heap; negative for the default. */
  long memory = -1;

  ArrayFilesBuilder(Path path) {
    this.path = path;
  }

  /**
   * Sets the order of the axes of samples with three axes. By default, the channel axis is the
   * first or the last axis, whichever has a size of at most 4; if both or neither have such a size,
   * the array is rejected.
   *
   * @throws InvalidArgumentException if {@code axes} is null
   */
  public ArrayFilesBuilder layout(ArrayLayout axes) {
    layout = Require.present(ArrayFiles.OP, "layout", axes);
    return this;
  }

  /**
   * If the files contain no test samples, uses the fraction {@code train} of each class for
   * training and the rest for testing, see {@link ArrayFiles#test()}. Equal seeds produce equal
   * splits.
   *
   * @param train the fraction for training, from 0 to 1
   * @throws InvalidArgumentException if the fraction is outside this range
   */
  public ArrayFilesBuilder split(double train, long by) {
    split = Require.part(ArrayFiles.OP, "split", train);
    seed = by;
    return this;
  }

  /**
   * Sets the class names in label order. Default: the names in the files, otherwise 0, 1 and so on.
   *
   * @throws InvalidArgumentException if the list is empty, or a name occurs twice
   */
  public ArrayFilesBuilder classes(List<String> names) {
    classes = Require.classes(ArrayFiles.OP, names);
    return this;
  }

  /**
   * Sets how many bytes of samples may be loaded into the JVM's heap; default a quarter of the
   * heap. A larger array in a safetensors file, or in a .npy file in C order, remains in the file,
   * and samples are read on demand.
   *
   * @throws InvalidArgumentException if {@code bytes} is negative
   */
  public ArrayFilesBuilder memory(long bytes) {
    memory = Require.bytes(ArrayFiles.OP, "memory", bytes);
    return this;
  }

  long memoryBytes() {
    return memory < 0 ? Runtime.getRuntime().maxMemory() / 4 : memory;
  }

  /**
   * Finds the arrays and reads labels, targets and samples; large arrays of samples are read on
   * demand.
   *
   * @throws dev.quern.error.NotFoundException if the file or folder does not exist
   * @throws FormatException if a file does not contain arrays, or the arrays do not match each
   *     other; the message names the array and the rule
   * @throws dev.quern.error.NumericException if a value is NaN or infinite
   * @throws dev.quern.error.FileAccessException if a file cannot be read
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public ArrayFiles open() {
    return ArrayFiles.open(this);
  }
}

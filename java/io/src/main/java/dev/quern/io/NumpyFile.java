package dev.quern.io;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A reader of NumPy files: .npy files of format versions 1 to 3, and .npz files, stored or
 * deflated. Supported types are bool, int8 to int64, uint8 to uint32, float16, float32, float64 and
 * strings, in either byte order and either memory order. Pickled objects are rejected, so nothing
 * in a file is executed.
 *
 * <pre>{@code
 * try (NumpyFile file = NumpyFile.open(path)) {
 *   for (String name : file.names()) {
 *     System.out.println(name + " " + file.dtype(name) + " " + file.shape(name));
 *   }
 *   float[] x = file.floats("x_train");
 * }
 * }</pre>
 *
 * Only the headers and the requested array are loaded into memory. Thread-safe; one thread reads at
 * a time.
 */
public final class NumpyFile implements AutoCloseable {
  private final NumpyStore store;
  private boolean closed;

  private NumpyFile(NumpyStore store) {
    this.store = store;
  }

  /**
   * Opens a file and reads the headers of its arrays. The array in a .npy file has the file's name
   * without the extension.
   *
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file is not a NumPy file, is truncated, or has an array of an
   *     unsupported type
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   */
  public static NumpyFile open(Path file) {
    Require.present("numpy", "file", file);
    return Heap.within(NumpyStore.what(file), () -> new NumpyFile(NumpyStore.open(file)));
  }

  /** Returns the names of the arrays, in the order in which the file stores them. */
  public List<String> names() {
    return List.copyOf(store.headers().keySet());
  }

  public boolean has(String name) {
    return store.headers().containsKey(name);
  }

  /**
   * Returns the element type of an array: its safetensors name, such as {@code F32}, {@code U8} or
   * {@code I64}, or {@code TEXT} for strings.
   *
   * @throws NotFoundException if the file has no array of that name; all other methods with a name
   *     throw the same exception
   */
  public String dtype(String name) {
    return store.find(name).type().name();
  }

  public Shape shape(String name) {
    return store.find(name).shape();
  }

  /**
   * Reads an array of any numeric type, in row-major order whatever the order in the file. F64 and
   * large integers are rounded to the nearest float.
   *
   * @return a new array
   * @throws FormatException if the array contains strings or is too large for a Java array, or if
   *     the file is truncated, damaged or was changed
   * @throws ClosedException if this object was closed
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws dev.quern.error.MemoryLimitException if the values do not fit in the free part of the
   *     JVM's heap
   */
  public synchronized float[] floats(String name) {
    return read(name, Float.BYTES, NumpyValues::floats);
  }

  /**
   * Reads an array of type U8, whose values are unsigned. Otherwise like {@link #floats(String)}.
   *
   * @throws FormatException if the array has another type
   */
  public synchronized byte[] bytes(String name) {
    NumpyHeader h = store.find(name);
    if (!h.type().isByte()) {
      throw new FormatException(store.of(name) + " is " + h.type() + ", expected U8");
    }
    return read(name, 1, NumpyValues::bytes);
  }

  /**
   * Reads an array of integers; values outside int's range are clamped to it. Otherwise like {@link
   * #floats(String)}.
   *
   * @throws FormatException if the array has another type
   */
  public synchronized int[] ints(String name) {
    return read(name, Integer.BYTES, NumpyValues::ints);
  }

  /**
   * Reads a one-dimensional array of strings. Otherwise like {@link #floats(String)}.
   *
   * @throws FormatException if the array has another type or rank, or more than 65,536 strings,
   *     since strings need far more space in memory than in the file
   */
  public synchronized List<String> texts(String name) {
    NumpyHeader h = store.find(name);
    if (h.type() != ArrayType.TEXT || h.shape().rank() != 1) {
      throw new FormatException(
          store.of(name) + " is " + h.type() + " of " + h.shape() + ", not a list of strings");
    }
    if (h.shape().dim(0) > ArraySets.MOST_CLASSES) {
      throw new FormatException(
          store.of(name)
              + " has "
              + h.shape().dim(0)
              + " strings, more than "
              + ArraySets.MOST_CLASSES);
    }
    return read(name, h.width(), NumpyValues::texts);
  }

  /** Reads {@code n} values from a stream into a new array. */
  private interface Reader<A> {
    A read(NumpyHeader header, InputStream in, int elements) throws IOException;
  }

  private <A> A read(String name, long each, Reader<A> reader) {
    NumpyHeader h = store.find(name);
    if (closed) {
      throw new ClosedException(NumpyStore.what(store.file()) + " is closed");
    }
    long n = h.shape().elements();
    if (n > SafetensorsHeader.MAX_ELEMENTS / (h.type() == ArrayType.TEXT ? h.width() : 1)) {
      throw new FormatException(
          store.of(name) + ": " + h.shape() + " is too large for a Java array");
    }
    Heap.require(store.of(name), n * each * (h.columns() ? 2 : 1));
    return Heap.within(store.of(name), () -> store.values(name, in -> reader.read(h, in, (int) n)));
  }

  /** Returns the arrays of the file, which are readable until the file is closed. */
  List<ArrayEntry> arrays() {
    List<ArrayEntry> all = new ArrayList<>();
    store
        .headers()
        .forEach(
            (name, h) ->
                all.add(
                    new ArrayEntry(
                        name,
                        store.of(name),
                        h.type(),
                        h.shape(),
                        () -> bytes(name),
                        () -> floats(name),
                        () -> ints(name),
                        () -> texts(name),
                        store.isZip() || h.columns()
                            ? null
                            : new ArrayEntry.Place(store.file(), h.bytes(), h.order()))));
    return all;
  }

  @Override
  public synchronized void close() {
    closed = true;
    store.close();
  }

  @Override
  public String toString() {
    return "NumpyFile " + store.file() + ", " + store.headers().size() + " arrays";
  }
}

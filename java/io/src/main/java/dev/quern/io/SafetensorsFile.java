package dev.quern.io;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file of any origin, read tensor by tensor. Tensors of any type are listed; F32,
 * F16, BF16 and F64 are read as float32, U8 as bytes. Only the header and the requested tensor are
 * loaded into memory.
 *
 * <pre>{@code
 * try (SafetensorsFile file = SafetensorsFile.open(path)) {
 *   for (String name : file.names()) {
 *     System.out.println(name + " " + file.dtype(name) + " " + file.shape(name));
 *   }
 *   float[] weight = file.floats("conv1.weight");
 * }
 * }</pre>
 *
 * Thread-safe; one thread reads at a time.
 */
public final class SafetensorsFile implements AutoCloseable {
  private static final String OPERATION = "safetensors";

  private final String what;
  private final Path file;
  private final RandomAccessFile in;
  private final SafetensorsBytes bytes = new SafetensorsBytes();
  private final Map<String, String> metadata;
  private final Map<String, SafetensorsHeader.Tensor> tensors = new LinkedHashMap<>();
  private boolean closed;

  private SafetensorsFile(Path file, RandomAccessFile in) throws IOException {
    this.what = OPERATION + ": " + file;
    this.file = file;
    this.in = in;
    SafetensorsHeader header = bytes.readHeader(what, in);
    metadata = Collections.unmodifiableMap(header.metadata());
    header.tensors().forEach(t -> tensors.put(t.name(), t));
  }

  /**
   * Opens a file and reads its header. Tensors of unknown types are allowed.
   *
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file breaks a rule of the format; the message names file, tensor
   *     and rule
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws dev.quern.error.MemoryLimitException if the header does not fit in the free part of the
   *     JVM's heap
   */
  public static SafetensorsFile open(Path file) {
    Require.present(OPERATION, "file", file);
    return Heap.within(OPERATION + ": " + file, () -> opened(file));
  }

  private static SafetensorsFile opened(Path file) {
    RandomAccessFile in = null;
    SafetensorsFile opened = null;
    try {
      in = RegularFile.open(OPERATION, file);
      opened = new SafetensorsFile(file, in);
      return opened;
    } catch (EOFException e) {
      throw new FormatException(
          OPERATION + ": " + file + ": the file was truncated while it was read", e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    } finally {
      if (in != null && opened == null) {
        closeQuietly(in);
      }
    }
  }

  /** Returns the entries of {@code __metadata__}; empty if the file has none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the names of the tensors, in the header's order. */
  public List<String> names() {
    return List.copyOf(tensors.keySet());
  }

  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  /**
   * Returns the name of a tensor's type in the file, such as {@code F32}, {@code BF16} or {@code
   * I64}; Quern may not support the type.
   *
   * @throws NotFoundException if the file has no tensor of that name; all other methods with a name
   *     throw the same exception
   */
  public String dtype(String name) {
    return tensor(name).dtype();
  }

  public Shape shape(String name) {
    return tensor(name).shape();
  }

  /**
   * Reads a tensor's values in row-major order. F32, F16 and BF16 are exact: subnormals, infinities
   * and NaN are preserved. F64 is rounded to the nearest float; values beyond the largest float
   * become infinite.
   *
   * @return a new array
   * @throws FormatException if the tensor has another type or is too large for a Java array, or the
   *     file was truncated; the message names file, tensor and type
   * @throws ClosedException if this object was closed
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws dev.quern.error.MemoryLimitException if the values do not fit in the free part of the
   *     JVM's heap
   */
  public synchronized float[] floats(String name) {
    SafetensorsHeader.Tensor t = requireOpen(name);
    ArrayType dtype = ArrayType.ofFloats(what, t);
    return read(t, Float.BYTES, n -> bytes.readFloats(t, dtype, n, in));
  }

  /**
   * Reads a tensor of type U8, whose values are unsigned. Otherwise like {@link #floats(String)}.
   *
   * @throws FormatException if the tensor has another type
   */
  public synchronized byte[] bytes(String name) {
    SafetensorsHeader.Tensor t = requireOpen(name);
    if (!t.dtype().equals(ArrayType.U8.name())) {
      throw new FormatException(what + ": tensor " + name + " is " + t.dtype() + ", expected U8");
    }
    return read(t, 1, n -> (byte[]) bytes.readValues(t, ArrayType.U8, n, in));
  }

  /** Returns whether a tensor has an integer type, which {@link #ints} can read. */
  boolean isInteger(String name) {
    ArrayType type = ArrayType.of(tensor(name).dtype());
    return type != null && type.isWhole();
  }

  /** Reads a tensor of integers; values outside int's range are clamped to it. */
  synchronized int[] ints(String name) {
    SafetensorsHeader.Tensor t = requireOpen(name);
    ArrayType dtype = ArrayType.ofWhole(what, t);
    return read(t, Integer.BYTES, n -> bytes.readInts(t, dtype, n, in));
  }

  /** Reads a tensor of integers, each rounded to the nearest float. */
  synchronized float[] integersAsFloats(String name) {
    SafetensorsHeader.Tensor t = requireOpen(name);
    ArrayType dtype = ArrayType.ofWhole(what, t);
    return read(t, Float.BYTES, n -> bytes.readFloats(t, dtype, n, in));
  }

  /**
   * Reads a tensor of known shape. Otherwise like {@link #floats(String)}.
   *
   * @throws ShapeException if the tensor has another shape; nothing is read then
   */
  public float[] floats(String name, Shape shape) {
    Require.present(OPERATION, "shape", shape);
    if (!shape(name).equals(shape)) {
      throw new ShapeException(
          what + ": tensor " + name + " has shape " + shape(name) + ", not " + shape);
    }
    return floats(name);
  }

  /** Returns the tensors of the file, which are readable until the file is closed. */
  List<ArrayEntry> arrays() {
    return tensors.values().stream()
        .map(
            t ->
                new ArrayEntry(
                    t.name(),
                    what + ": tensor " + t.name(),
                    ArrayType.of(t.dtype()),
                    t.shape(),
                    () -> bytes(t.name()),
                    () -> isInteger(t.name()) ? integersAsFloats(t.name()) : floats(t.name()),
                    () -> ints(t.name()),
                    () -> {
                      throw new FormatException(what + ": tensor " + t.name() + " is not a string");
                    },
                    new ArrayEntry.Place(file, bytes.offset(t), ByteOrder.LITTLE_ENDIAN)))
        .toList();
  }

  private SafetensorsHeader.Tensor requireOpen(String name) {
    SafetensorsHeader.Tensor t = tensor(name);
    if (closed) {
      throw new ClosedException(what + " is closed");
    }
    return t;
  }

  /** Reads the given number of elements from the file into a new array. */
  private interface Reader<A> {
    A read(int elements) throws IOException;
  }

  /**
   * Reads a tensor into a new array.
   *
   * @param each the size of an element of the array in bytes
   */
  private <A> A read(SafetensorsHeader.Tensor t, long each, Reader<A> reader) {
    int elements = t.elements(what);
    String tensor = what + ": tensor " + t.name();
    Heap.require(tensor, elements * each);
    return Heap.within(tensor, () -> values(t, elements, reader));
  }

  private <A> A values(SafetensorsHeader.Tensor t, int elements, Reader<A> reader) {
    try {
      return reader.read(elements);
    } catch (EOFException e) {
      throw new FormatException(
          what + ": tensor " + t.name() + ": the file was truncated after it was opened", e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    }
  }

  private SafetensorsHeader.Tensor tensor(String name) {
    SafetensorsHeader.Tensor t = tensors.get(name);
    if (t == null) {
      throw new NotFoundException(what + " has no tensor " + name);
    }
    return t;
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeQuietly(in);
  }

  /** Closes the file and ignores errors, which are harmless after reading. */
  private static void closeQuietly(RandomAccessFile in) {
    try {
      in.close();
    } catch (IOException e) {
      // the values that were read are still correct
    }
  }

  @Override
  public String toString() {
    return "SafetensorsFile " + file + ", " + tensors.size() + " tensors";
  }
}

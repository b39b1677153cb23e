package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The content of a safetensors file: named tensors of type U8, I8, I16, F32, BF16, F16, F64 or I64,
 * and text metadata. A file consists of the header's length (8 bytes, little-endian), a JSON
 * header, and the tensors' little-endian values. Arrays are returned without a copy; if the arrays
 * are not modified, this object is thread-safe. {@link SafetensorsFile} reads files with other
 * types, tensor by tensor.
 */
public final class Safetensors {
  private static final String OPERATION = "safetensors";

  private final Path file;
  private final Map<String, String> metadata;
  private final Map<String, Entry> tensors;

  private Safetensors(Path file, Map<String, String> metadata, Map<String, Entry> tensors) {
    this.file = file;
    this.metadata = Collections.unmodifiableMap(metadata);
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /** A tensor to write: its shape and its values in row-major order; the array is not copied. */
  public static final class Entry {
    private final ArrayType dtype;
    private final Shape shape;
    private final Object values;

    private Entry(ArrayType dtype, Shape shape, Object values, int length) {
      if (Require.present(OPERATION, "shape", shape).elements() != length) {
        throw new ShapeException(
            "safetensors: "
                + length
                + " values do not fill shape "
                + shape
                + ", which requires "
                + shape.elements());
      }
      this.dtype = dtype;
      this.shape = shape;
      this.values = values;
    }

    /**
     * Creates a tensor of type F32.
     *
     * @throws ShapeException if the number of values differs from the number in the shape; the
     *     other methods throw the same exception
     */
    public static Entry floats(Shape shape, float... values) {
      return new Entry(
          ArrayType.F32, shape, values, Require.present(OPERATION, "values", values).length);
    }

    /**
     * Creates a tensor whose values are stored in the given floating-point type.
     *
     * @param values the values; used without a copy for F32, otherwise rounded to the type
     * @throws dev.quern.error.NumericException if a value exceeds the type's largest number
     */
    public static Entry floats(DType type, Shape shape, float... values) {
      Require.present(OPERATION, "type", type);
      Require.present(OPERATION, "values", values);
      float[] rounded = type.round("safetensors: tensor", values);
      return new Entry(ArrayType.valueOf(type.name()), shape, rounded, rounded.length);
    }

    public static Entry bytes(Shape shape, byte... values) {
      return new Entry(
          ArrayType.U8, shape, values, Require.present(OPERATION, "values", values).length);
    }

    public static Entry signedBytes(Shape shape, byte... values) {
      return new Entry(
          ArrayType.I8, shape, values, Require.present(OPERATION, "values", values).length);
    }

    public static Entry shorts(Shape shape, short... values) {
      return new Entry(
          ArrayType.I16, shape, values, Require.present(OPERATION, "values", values).length);
    }

    public static Entry doubles(Shape shape, double... values) {
      return new Entry(
          ArrayType.F64, shape, values, Require.present(OPERATION, "values", values).length);
    }

    public static Entry longs(Shape shape, long... values) {
      return new Entry(
          ArrayType.I64, shape, values, Require.present(OPERATION, "values", values).length);
    }

    public Shape shape() {
      return shape;
    }

    ArrayType dtype() {
      return dtype;
    }

    /** Returns the values as an array of the Java type for {@link #dtype}. */
    Object values() {
      return values;
    }
  }

  /**
   * Reads a whole file into memory.
   *
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file breaks a rule of the format, or has a tensor of an
   *     unsupported type; the message names file, tensor and rule
   * @throws MemoryLimitException if the content does not fit in the free part of the JVM's heap
   */
  public static Safetensors read(Path file) {
    Require.present(OPERATION, "file", file);
    String what = OPERATION + ": " + file;
    return Heap.within(what, () -> read(what, file));
  }

  private static Safetensors read(String what, Path file) {
    try (RandomAccessFile in = RegularFile.open(OPERATION, file)) {
      SafetensorsBytes bytes = new SafetensorsBytes();
      SafetensorsHeader header = bytes.readHeader(what, in);
      // checks all types before any value, so that an unsupported file is rejected at once
      List<ArrayType> dtypes =
          header.tensors().stream().map(t -> JavaArrays.type(what, t)).toList();
      Heap.require(what, Math.addExact(in.length(), widened(header)));
      Map<String, Entry> tensors = new LinkedHashMap<>();
      for (int i = 0; i < dtypes.size(); i++) {
        SafetensorsHeader.Tensor t = header.tensors().get(i);
        int elements = t.elements(what);
        Object values = bytes.readValues(t, dtypes.get(i), elements, in);
        tensors.put(t.name(), new Entry(dtypes.get(i), t.shape(), values, elements));
      }
      return new Safetensors(file, header.metadata(), tensors);
    } catch (EOFException e) {
      throw new FormatException(what + ": the file was truncated while it was read", e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    }
  }

  /** Returns the extra heap in bytes that 16-bit values need when they are converted to float32. */
  private static long widened(SafetensorsHeader header) {
    return header.tensors().stream()
        .filter(t -> t.dtype().equals("BF16") || t.dtype().equals("F16"))
        .mapToLong(t -> t.shape().elements() * Short.BYTES)
        .sum();
  }

  /**
   * Writes a file atomically: a temporary file is written, synced to the disk and renamed. Equal
   * arguments produce identical files.
   *
   * @throws NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to; an existing
   *     file is unchanged
   */
  public static void write(
      Path file, Map<String, String> metadata, LinkedHashMap<String, Entry> tensors) {
    write(file, metadata, tensors, written -> {});
  }

  /** Writes a file atomically, and runs a check of the temporary file before it is renamed. */
  static void write(
      Path file,
      Map<String, String> metadata,
      LinkedHashMap<String, Entry> tensors,
      Consumer<Path> check) {
    Require.present(OPERATION, "file", file);
    // the header and the bytes after it are written from one copy
    Map<String, String> texts = Require.all(OPERATION, "metadata", metadata);
    Map<String, Entry> all = Require.all(OPERATION, "tensors", tensors);
    if (all.containsKey(SafetensorsHeader.METADATA)) {
      throw new InvalidArgumentException(
          "safetensors: " + SafetensorsHeader.METADATA + " is reserved, not a name for a tensor");
    }
    byte[] header = SafetensorsHeader.write(texts, all);
    AtomicFile.write(OPERATION, file, out -> new SafetensorsBytes().write(header, all, out), check);
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
   * Returns a tensor's shape.
   *
   * @throws NotFoundException if the file has no tensor of that name; all other methods with a name
   *     throw the same exception
   */
  public Shape shape(String name) {
    return entry(name).shape;
  }

  /**
   * Returns the values of an F32, BF16 or F16 tensor, converted exactly.
   *
   * @throws FormatException if the tensor has another type
   */
  public float[] floats(String name) {
    Entry e = entry(name);
    return (float[]) (isFloat(e) ? e.values : values(name, ArrayType.F32));
  }

  /** Returns the type of a tensor that {@link #floats} can read: F32, BF16 or F16. */
  public DType floatType(String name) {
    Entry e = entry(name);
    if (!isFloat(e)) {
      values(name, ArrayType.F32);
    }
    return DType.valueOf(e.dtype.name());
  }

  private static boolean isFloat(Entry e) {
    return e.dtype == ArrayType.F32 || e.dtype == ArrayType.BF16 || e.dtype == ArrayType.F16;
  }

  /** Returns the values of a U8 tensor, which are unsigned. */
  public byte[] bytes(String name) {
    return (byte[]) values(name, ArrayType.U8);
  }

  /** Returns the values of an I8 tensor. */
  public byte[] signedBytes(String name) {
    return (byte[]) values(name, ArrayType.I8);
  }

  /** Returns the values of an I16 tensor. */
  public short[] shorts(String name) {
    return (short[]) values(name, ArrayType.I16);
  }

  /** Returns the values of an F64, F32, BF16 or F16 tensor as doubles. */
  public double[] doubles(String name) {
    Entry e = entry(name);
    if (!isFloat(e)) {
      return (double[]) values(name, ArrayType.F64);
    }
    float[] from = (float[]) e.values;
    double[] out = new double[from.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[i];
    }
    return out;
  }

  /** Returns the values of an I64 tensor. */
  public long[] longs(String name) {
    return (long[]) values(name, ArrayType.I64);
  }

  private Object values(String name, ArrayType wanted) {
    Entry e = entry(name);
    if (e.dtype != wanted) {
      throw new FormatException(
          OPERATION + ": " + file + ": tensor " + name + " is " + e.dtype + ", expected " + wanted);
    }
    return e.values;
  }

  private Entry entry(String name) {
    Entry e = tensors.get(name);
    if (e == null) {
      throw new NotFoundException(OPERATION + ": " + file + " has no tensor " + name);
    }
    return e;
  }
}

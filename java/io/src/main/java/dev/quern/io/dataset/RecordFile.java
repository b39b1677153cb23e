package dev.quern.io.dataset;

import dev.quern.data.Dataset;
import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A data set in a file of records, which may be larger than memory: samples are read on demand. A
 * record consists of a label of one unsigned byte and the sample's values in row-major order:
 * unsigned bytes, as in CIFAR-10's binary files, or little-endian float32.
 *
 * <pre>{@code
 * try (RecordFile birds = RecordFile.open(file, "birds", Shape.of(3, 32, 32), Kind.BYTES, classes)) {
 *   trainer.fit(birds.shuffled(1).slice(1000, birds.size()), 5);
 * }
 * }</pre>
 *
 * Thread-safe; one thread reads at a time. Closing the file also closes slices and other views of
 * this data set.
 */
public final class RecordFile implements Dataset, AutoCloseable {
  private static final String OPERATION = "records";
  private static final int LABEL_BYTES = 1;
  private static final int MOST_CLASSES = 256;

  /** The maximum array length that every JVM can allocate. */
  private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

  private final Path file;
  private final String name;
  private final Shape shape;
  private final Kind kind;
  private final List<String> classes;
  private final int each;
  private final int bytes;
  private final int size;
  private final RandomAccessFile in;
  private byte[] record;
  private boolean closed;

  private RecordFile(
      Path file, String name, Shape shape, Kind kind, List<String> classes, RandomAccessFile in)
      throws IOException {
    this.file = file;
    this.name = name;
    this.shape = shape;
    this.kind = kind;
    this.classes = classes;
    this.in = in;
    each = (int) shape.elements();
    bytes = each * (kind == Kind.FLOATS ? Float.BYTES : 1);
    size = size(in.length());
  }

  /**
   * Opens a file without reading samples.
   *
   * @param name the name of the data set
   * @param shape the shape of one sample
   * @param classes the class names in label order, at most 256
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file is not a regular file, or its size is not a multiple of the
   *     record's size
   * @throws InvalidArgumentException if a record does not fit into an array, or there are too many
   *     classes
   */
  public static RecordFile open(
      Path file, String name, Shape shape, Kind kind, List<String> classes) {
    Require.present(OPERATION, "file", file);
    Require.present(OPERATION, "name", name);
    Require.present(OPERATION, "shape", shape);
    Require.present(OPERATION, "kind", kind);
    List<String> names = new ArrayList<>(Require.present(OPERATION, "classes", classes));
    names.forEach(n -> Require.present(OPERATION, "class name", n));
    if (shape.elements() < 1 || shape.elements() > MOST_BYTES / Float.BYTES) {
      throw new InvalidArgumentException(
          OPERATION + ": a sample of " + shape + " is empty or too large for a Java array");
    }
    if (names.isEmpty() || names.size() > MOST_CLASSES) {
      throw new InvalidArgumentException(
          OPERATION + ": " + names.size() + " classes are given, expected 1 to " + MOST_CLASSES);
    }
    RandomAccessFile in = null;
    RecordFile opened = null;
    try {
      in = RegularFile.open(OPERATION, file);
      opened = new RecordFile(file, name, shape, kind, List.copyOf(names), in);
      return opened;
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    } finally {
      if (in != null && opened == null) {
        closeQuietly(in);
      }
    }
  }

  private int size(long fileBytes) {
    long record = LABEL_BYTES + (long) bytes;
    if (fileBytes % record != 0 || fileBytes / record > MOST_BYTES) {
      throw new FormatException(
          OPERATION
              + ": "
              + file
              + ": "
              + fileBytes
              + " bytes are not whole records of "
              + record
              + " bytes, at most "
              + MOST_BYTES
              + " of them");
    }
    return (int) (fileBytes / record);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Kind kind() {
    return kind;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  /**
   * Reads the label of a sample.
   *
   * @throws FormatException if the file was truncated, or the label is not one of the classes; the
   *     message names file, sample and rule
   * @throws dev.quern.error.FileAccessException if the file cannot be read
   * @throws ClosedException if this object was closed
   */
  @Override
  public synchronized int label(int index) {
    int label = read(index, 0, LABEL_BYTES)[0] & 0xff;
    if (label >= classes.size()) {
      throw new FormatException(
          of(index) + ": label " + label + " is outside [0, " + (classes.size() - 1) + "]");
    }
    return label;
  }

  /** Reads the values of a sample as bytes. Throws the exceptions of {@link #label}. */
  @Override
  public synchronized void copyBytes(int index, ByteBuffer to) {
    require(Kind.BYTES, to);
    to.put(read(index, LABEL_BYTES, bytes), 0, bytes);
  }

  /** Reads the values of a sample as floats. Throws the exceptions of {@link #label}. */
  @Override
  public synchronized void copyFloats(int index, FloatBuffer to) {
    require(Kind.FLOATS, to);
    ByteBuffer values = ByteBuffer.wrap(read(index, LABEL_BYTES, bytes), 0, bytes);
    to.put(values.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
  }

  private void require(Kind wanted, Buffer to) {
    if (kind != wanted) {
      throw new InvalidArgumentException(
          OPERATION + ": " + file + ": its values are " + kind + ", expected " + wanted);
    }
    if (to == null || to.isReadOnly() || to.remaining() < each) {
      throw new InvalidArgumentException(
          OPERATION + ": " + file + ": a sample of " + each + " values does not fit in " + to);
    }
  }

  /**
   * Reads {@code count} bytes of a record to the beginning of an array that the next call reuses.
   */
  private byte[] read(int index, int from, int count) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          OPERATION + ": " + file + ": sample " + index + " is outside [0, " + size + ")");
    }
    if (closed) {
      throw new ClosedException(OPERATION + ": " + file + " is closed");
    }
    if (record == null) {
      Heap.require(OPERATION + ": " + file, bytes);
      record = Heap.within(OPERATION + ": " + file, () -> new byte[bytes]);
    }
    try {
      in.seek(index * (LABEL_BYTES + (long) bytes) + from);
      in.readFully(record, 0, count);
      return record;
    } catch (EOFException e) {
      throw new FormatException(of(index) + ": the file was truncated after it was opened", e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION + ": sample " + index, file, e);
    }
  }

  private String of(int index) {
    return OPERATION + ": " + file + ": sample " + index;
  }

  /** Closes the file. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closeQuietly(in);
    }
  }

  /** Closes the file and ignores errors, which are harmless after reading. */
  private static void closeQuietly(RandomAccessFile in) {
    try {
      in.close();
    } catch (IOException ignored) {
      return;
    }
  }

  @Override
  public String toString() {
    return "RecordFile " + file.getFileName() + ": " + size + " samples of " + shape;
  }
}

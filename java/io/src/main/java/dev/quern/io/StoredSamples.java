package dev.quern.io;

import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * A data set whose samples are read from a file on demand. The file is not memory-mapped, because
 * truncation of a mapped file would crash the process. Each reading thread opens the file
 * separately.
 */
final class StoredSamples implements Dataset, AutoCloseable {
  private final String name;
  private final ArrayEntry array;
  private final ArrayOrder order;
  private final List<String> classes;

  /** The labels; null for a data set with targets, which are added later. */
  private final int[] labels;

  private final int size;
  private final int bytes;
  private final ConcurrentLinkedDeque<RandomAccessFile> free = new ConcurrentLinkedDeque<>();
  private volatile boolean closed;

  StoredSamples(
      String name, ArrayEntry array, ArrayOrder order, List<String> classes, int[] labelsOrNull) {
    this.name = name;
    this.array = array;
    this.order = order;
    this.classes = classes;
    labels = labelsOrNull;
    size = (int) array.shape().dim(0);
    long each = (long) order.each() * array.type().bytes();
    if (each > SafetensorsHeader.MAX_ELEMENTS) {
      throw new FormatException(array.what() + ": a sample of " + each + " bytes is too large");
    }
    bytes = (int) each;
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
    return order.shape();
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Kind kind() {
    return array.type().isByte() ? Kind.BYTES : Kind.FLOATS;
  }

  @Override
  public int readers() {
    return Engine.info().threads();
  }

  @Override
  public int label(int index) {
    requireIndex(index);
    return labels == null ? Dataset.super.label(index) : labels[index];
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    require(index, Kind.BYTES, to);
    byte[] sample = read(index);
    order.apply(sample);
    to.put(sample);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    require(index, Kind.FLOATS, to);
    ByteBuffer raw = ByteBuffer.wrap(read(index)).order(array.place().order());
    float[] sample = new float[order.each()];
    array.type().floats(raw, sample, 0, sample.length);
    order.apply(sample);
    to.put(sample);
  }

  private void require(int index, Kind wanted, Buffer to) {
    requireIndex(index);
    if (kind() != wanted) {
      throw new InvalidArgumentException(
          "data set " + name + ": its values are " + kind() + ", expected " + wanted);
    }
    if (to == null || to.isReadOnly() || to.remaining() < order.each()) {
      throw new InvalidArgumentException(
          "data set " + name + ": a sample of " + order.each() + " values does not fit in " + to);
    }
  }

  private void requireIndex(int index) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          "data set " + name + ": sample " + index + " is outside [0, " + size + ")");
    }
  }

  private byte[] read(int index) {
    String what = array.what() + ": sample " + index;
    RandomAccessFile in = null;
    try {
      in = taken();
      byte[] sample = Heap.within(what, () -> new byte[bytes]);
      in.seek(array.place().offset() + (long) index * bytes);
      in.readFully(sample);
      return sample;
    } catch (EOFException e) {
      throw new FormatException(what + ": the file was truncated after it was opened", e);
    } catch (IOException e) {
      throw FileErrors.of(what, array.place().file(), e);
    } finally {
      giveBack(in);
    }
  }

  private RandomAccessFile taken() throws IOException {
    if (closed) {
      throw new ClosedException("data set " + name + ": its file is closed");
    }
    RandomAccessFile in = free.poll();
    return in == null ? RegularFile.open(array.what(), array.place().file()) : in;
  }

  private void giveBack(RandomAccessFile inOrNull) {
    if (inOrNull != null) {
      free.add(inOrNull);
    }
    if (closed) {
      close();
    }
  }

  @Override
  public void close() {
    closed = true;
    for (RandomAccessFile in = free.poll(); in != null; in = free.poll()) {
      try {
        in.close();
      } catch (IOException e) {
        // nothing was written, so nothing is lost
      }
    }
  }

  @Override
  public String toString() {
    return "Dataset " + name + ": " + size + " samples of " + order.shape() + " in " + array.what();
  }
}

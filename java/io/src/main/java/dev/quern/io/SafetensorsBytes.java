package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Reading and writing of the bytes of safetensors files: the header's length, the header, then the
 * values, through a buffer of 1 MiB.
 */
final class SafetensorsBytes {
  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 20;

  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** The byte position of the first value, after the header; set when the header is read. */
  private long dataStart;

  /**
   * Reads the header and checks it against the file's size.
   *
   * @param what the operation and file, for messages
   */
  SafetensorsHeader readHeader(String what, RandomAccessFile in) throws IOException {
    long size = in.length();
    if (size < LENGTH_BYTES) {
      throw new FormatException(
          what + ": the file has " + size + " bytes, a header needs at least " + LENGTH_BYTES);
    }
    in.readFully(buffer.array(), 0, LENGTH_BYTES);
    long length = buffer.getLong(0);
    if (length < 0 || length > Json.MAX_LENGTH) {
      throw new FormatException(
          what
              + ": the header has "
              + Long.toUnsignedString(length)
              + " bytes, but at most "
              + Json.MAX_LENGTH
              + " are supported; is this a safetensors file?");
    }
    if (length > size - LENGTH_BYTES) {
      throw new FormatException(
          what
              + ": the header declares "
              + length
              + " bytes, the file has "
              + size
              + " bytes; is it truncated?");
    }
    byte[] json = new byte[(int) length];
    in.readFully(json);
    dataStart = LENGTH_BYTES + length;
    return SafetensorsHeader.parse(what, json, size - dataStart);
  }

  /**
   * Reads the values of a tensor into a new array of the Java type for its element type.
   *
   * @param elements the number of elements
   */
  Object readValues(SafetensorsHeader.Tensor t, ArrayType type, int elements, RandomAccessFile in)
      throws IOException {
    Object values = JavaArrays.allocate(type, elements);
    read(t, type, elements, in, (at, n) -> JavaArrays.get(type, buffer, values, at, n));
    return values;
  }

  /** Reads the values of a floating-point tensor as float32. */
  float[] readFloats(SafetensorsHeader.Tensor t, ArrayType type, int elements, RandomAccessFile in)
      throws IOException {
    float[] values = new float[elements];
    read(t, type, elements, in, (at, n) -> type.floats(buffer, values, at, n));
    return values;
  }

  /** Reads the values of an integer tensor; values outside int's range are clamped to it. */
  int[] readInts(SafetensorsHeader.Tensor t, ArrayType type, int elements, RandomAccessFile in)
      throws IOException {
    int[] values = new int[elements];
    read(t, type, elements, in, (at, n) -> type.ints(buffer, values, at, n));
    return values;
  }

  /** Returns the byte position of a tensor's values in the file. */
  long offset(SafetensorsHeader.Tensor t) {
    return dataStart + t.begin();
  }

  /** Copies {@code n} elements from the buffer to an array, from index {@code at} on. */
  private interface Taker {
    void take(int at, int n);
  }

  private void read(
      SafetensorsHeader.Tensor t, ArrayType type, int elements, RandomAccessFile in, Taker taker)
      throws IOException {
    int size = type.bytes();
    in.seek(offset(t));
    for (int at = 0; at < elements; ) {
      int n = Math.min(elements - at, BUFFER_BYTES / size);
      in.readFully(buffer.array(), 0, n * size);
      buffer.clear().limit(n * size);
      taker.take(at, n);
      at += n;
    }
  }

  /** Writes a file: the length of the header, the header, and the values of the tensors. */
  void write(byte[] header, Map<String, Safetensors.Entry> tensors, OutputStream out)
      throws IOException {
    buffer.clear().putLong(header.length);
    out.write(buffer.array(), 0, LENGTH_BYTES);
    out.write(header);
    for (Safetensors.Entry e : tensors.values()) {
      writeValues(e, out);
    }
  }

  private void writeValues(Safetensors.Entry e, OutputStream out) throws IOException {
    int size = e.dtype().bytes();
    int elements = (int) e.shape().elements();
    for (int at = 0; at < elements; ) {
      int n = Math.min(elements - at, BUFFER_BYTES / size);
      JavaArrays.put(e.dtype(), buffer.clear(), e.values(), at, n);
      out.write(buffer.array(), 0, n * size);
      at += n;
    }
  }
}

package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Map;

/**
 * The bytes of safetensors files: the header's length, the header, then values, through a buffer of
 * 1 MiB.
 */
final class SafetensorsBytes {
  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 20;

  private final FileChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** Where the header ends; known once it is read. */
  private long dataStart;

  SafetensorsBytes(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Reads and checks the header against the file's size.
   *
   * @param what operation and file, for messages
   */
  SafetensorsHeader readHeader(String what) throws IOException {
    long size = channel.size();
    if (size < LENGTH_BYTES) {
      throw new FormatException(
          what + ": " + size + " bytes cannot hold the header's length, " + LENGTH_BYTES + " can");
    }
    RegularFile.readFully(channel, buffer.clear().limit(LENGTH_BYTES), 0);
    long length = buffer.getLong(0);
    if (length < 0 || length > Json.MAX_LENGTH) {
      throw new FormatException(
          what
              + ": a header of "
              + Long.toUnsignedString(length)
              + " bytes, at most "
              + Json.MAX_LENGTH
              + " are read; is this a safetensors file?");
    }
    if (length > size - LENGTH_BYTES) {
      throw new FormatException(
          what + ": a header of " + length + " bytes in a file of " + size + "; is it cut short?");
    }
    byte[] json = new byte[(int) length];
    RegularFile.readFully(channel, ByteBuffer.wrap(json), LENGTH_BYTES);
    dataStart = LENGTH_BYTES + length;
    return SafetensorsHeader.parse(what, json, size - dataStart);
  }

  /** Reads the values of a tensor of the header into an array of its type. */
  Object readValues(SafetensorsHeader.Tensor t) throws IOException {
    int size = t.dtype().bytes();
    long start = dataStart + t.begin();
    Object values = t.dtype().allocate(t.elements());
    for (int at = 0; at < t.elements(); ) {
      int n = Math.min(t.elements() - at, BUFFER_BYTES / size);
      RegularFile.readFully(channel, buffer.clear().limit(n * size), start + (long) at * size);
      t.dtype().get(buffer.flip(), values, at, n);
      at += n;
    }
    return values;
  }

  /** Writes a whole file. */
  void write(byte[] header, Map<String, Safetensors.Entry> tensors) throws IOException {
    buffer.clear().putLong(header.length);
    AtomicFile.writeFully(channel, buffer.flip());
    AtomicFile.writeFully(channel, ByteBuffer.wrap(header));
    for (Safetensors.Entry e : tensors.values()) {
      writeValues(e);
    }
  }

  private void writeValues(Safetensors.Entry e) throws IOException {
    int size = e.dtype().bytes();
    int elements = (int) e.shape().elements();
    for (int at = 0; at < elements; ) {
      int n = Math.min(elements - at, BUFFER_BYTES / size);
      e.dtype().put(buffer.clear(), e.values(), at, n);
      AtomicFile.writeFully(channel, buffer.limit(n * size));
      at += n;
    }
  }
}

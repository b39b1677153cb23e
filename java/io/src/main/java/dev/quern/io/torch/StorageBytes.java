package dev.quern.io.torch;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Heap;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The conversion of storages, which are little-endian, to floats. */
final class StorageBytes {
  private static final int BUFFER = 1 << 16;

  private StorageBytes() {}

  /** Reads a floating-point storage as float32; the stream is not closed. */
  static float[] floats(Storage storage, InputStream in) throws IOException {
    if (storage.elements() > Integer.MAX_VALUE - 8) {
      throw new FormatException(
          "storage " + storage.key() + " has " + storage.elements() + " elements, too many");
    }
    Heap.require("state dict: storage " + storage.key(), storage.elements() * Float.BYTES);
    float[] values = new float[(int) storage.elements()];
    ByteBuffer bytes = ByteBuffer.allocate(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    long left = storage.bytes();
    for (int i = 0; left > 0; ) {
      int next = (int) Math.min(BUFFER, left); // whole elements: their size divides the buffer's
      if (in.readNBytes(bytes.array(), 0, next) < next) {
        throw new EOFException("storage " + storage.key() + " ends too early");
      }
      bytes.position(0).limit(next);
      while (bytes.hasRemaining()) {
        values[i++] = storage.type().next(bytes);
      }
      left -= next;
    }
    return values;
  }
}

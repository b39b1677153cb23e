package dev.quern.onnx.read;

import dev.quern.error.FormatException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The bytes of a tensor: a range of a file. */
record FileBytes(Path file, long offset, long length) implements TensorReader.Bytes {
  private static final int PART = 1 << 18;

  @Override
  public void read(String what, Consumer<ByteBuffer> sink) {
    try (RandomAccessFile in = RegularFile.open("onnx", file)) {
      if (offset + length > in.length()) {
        throw new FormatException(what + " ends beyond the end of " + file);
      }
      in.seek(offset);
      byte[] part = new byte[(int) Math.min(PART, length)];
      for (long left = length; left > 0; left -= part.length) {
        int n = (int) Math.min(left, part.length);
        in.readFully(part, 0, n);
        sink.accept(ByteBuffer.wrap(part, 0, n));
      }
    } catch (IOException e) {
      throw FileErrors.of("onnx", file, e);
    }
  }
}

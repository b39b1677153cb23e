package dev.quern.tests.binaries;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a shared library's tables say, whatever its format. */
public interface Binary {
  /** The libraries that the system loads with it. */
  List<String> dependencies();

  /** The functions and data that others may use. */
  List<String> exports();

  /** A file as numbers and texts in Intel's order of bytes, which all our platforms have. */
  static ByteBuffer read(Path file) throws IOException {
    return ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The text at an offset, up to the zero byte that ends it. */
  static String text(ByteBuffer bytes, long offset) {
    int start = Math.toIntExact(offset);
    int end = start;
    while (bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), start, end - start, StandardCharsets.ISO_8859_1);
  }
}

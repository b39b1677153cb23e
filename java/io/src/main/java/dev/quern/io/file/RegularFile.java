package dev.quern.io.file;

import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Reads users' files: regular ones only (a pipe could block for ever), and never by a memory map.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Opens a file for reading.
   *
   * @throws FormatException if it is a folder, a pipe or a device
   */
  public static FileChannel open(String operation, Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new FormatException(operation + ": " + file + " is not a regular file");
    }
    return FileChannel.open(file, StandardOpenOption.READ);
  }

  /**
   * The whole content.
   *
   * @throws FormatException if the file is larger than {@code most} bytes; nothing is read then
   */
  public static byte[] readAll(String operation, Path file, int most) {
    try (FileChannel in = open(operation, file)) {
      long size = in.size();
      if (size > most) {
        throw new FormatException(
            operation
                + ": "
                + file
                + " has "
                + size
                + " bytes, more than the "
                + most
                + " allowed");
      }
      requireHeap(operation + ": " + file, size);
      byte[] content = new byte[(int) size];
      readFully(in, ByteBuffer.wrap(content), 0);
      return content;
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  /** The whole content as strict UTF-8. */
  public static String readText(String operation, Path file, int most) {
    return utf8(operation + ": " + file, readAll(operation, file, most));
  }

  /** Text from UTF-8 bytes; malformed ones are refused, not replaced. */
  public static String utf8(String what, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(what + " is not UTF-8 text", e);
    }
  }

  /** Fills {@code target} from byte {@code at} of the file on. */
  public static void readFully(FileChannel in, ByteBuffer target, long at) throws IOException {
    while (target.hasRemaining()) {
      int n = in.read(target, at);
      if (n < 0) {
        throw new EOFException("the file became shorter while it was read");
      }
      at += n;
    }
  }

  /**
   * Refuses what would not fit even in an empty heap, before any of it is allocated.
   *
   * @throws MemoryLimitException with both figures
   */
  public static void requireHeap(String what, long bytes) {
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > heap) {
      throw new MemoryLimitException(
          what + " needs " + bytes + " bytes, more than the JVM's heap of " + heap + " (-Xmx)");
    }
  }
}

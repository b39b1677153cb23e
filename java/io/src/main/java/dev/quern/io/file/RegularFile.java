package dev.quern.io.file;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Heap;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;

/**
 * Reading of regular files only, since a pipe could block forever. Files are read without memory
 * mapping, and without channels, which an interrupt would close: reading also works on an
 * interrupted thread.
 */
public final class RegularFile {
  private RegularFile() {}

  /**
   * Opens a file for reading.
   *
   * @throws FormatException if the path is a folder, a pipe or a device
   */
  public static RandomAccessFile open(String operation, Path file) throws IOException {
    if (!Files.readAttributes(file, BasicFileAttributes.class).isRegularFile()) {
      throw new FormatException(operation + ": " + file + " is not a regular file");
    }
    try {
      return new RandomAccessFile(file.toFile(), "r");
    } catch (FileNotFoundException e) {
      throw Files.isReadable(file) ? e : new AccessDeniedException(file.toString());
    }
  }

  /**
   * Returns a stream of the remaining bytes of an open file; closing the stream or the file closes
   * both.
   */
  public static InputStream stream(RandomAccessFile in) throws IOException {
    return new FileInputStream(in.getFD());
  }

  /**
   * Reads the whole content of a file.
   *
   * @throws FormatException if the file is larger than {@code most} bytes; nothing is read then
   */
  public static byte[] readAll(String operation, Path file, int most) {
    try (RandomAccessFile in = open(operation, file)) {
      long size = in.length();
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
      Heap.require(operation + ": " + file, size);
      byte[] content = new byte[(int) size];
      in.readFully(content);
      return content;
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  /** Reads the whole content of a file of at most {@code most} bytes as strict UTF-8. */
  public static String readText(String operation, Path file, int most) {
    return utf8(operation + ": " + file, readAll(operation, file, most));
  }

  /**
   * Reads names, one per line, from a file of at most {@code most} bytes. A byte order mark, white
   * space around names, and empty lines at the end are ignored.
   *
   * @throws FormatException if there are no names, a line between names is empty, or a name occurs
   *     twice
   */
  public static List<String> readNames(String operation, Path file, int most) {
    String text = readText(operation, file, most);
    List<String> names =
        (text.startsWith("\ufeff") ? text.substring(1) : text)
            .stripTrailing()
            .lines()
            .map(String::strip)
            .toList();
    if (names.isEmpty() || names.contains("") || new HashSet<>(names).size() != names.size()) {
      throw new FormatException(
          operation
              + ": "
              + file
              + ": it must have one class per line, without empty or repeated lines");
    }
    return names;
  }

  /** Decodes UTF-8 bytes; malformed bytes are rejected, not replaced. */
  public static String utf8(String what, byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(what + " is not UTF-8 text", e);
    }
  }
}

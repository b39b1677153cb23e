package dev.quern.io.mat;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.Sizes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * A reader of MATLAB files of level 5 ("MAT-File Format", The MathWorks): a header of 128 bytes,
 * then elements, each a plain or deflated array. The arrays that are read must be complete and
 * match their declarations.
 */
public final class MatFile {
  static final int MATRIX = 14;
  private static final int COMPRESSED = 15;
  private static final int HEADER_BYTES = 128;
  private static final int TAG_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int LEVEL_5 = 0x0100;

  /** The maximum array length that every JVM can allocate. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  private final String what;
  private final Set<String> wanted;
  private final Map<String, MatArray> found = new HashMap<>();
  private ByteOrder order;

  private MatFile(String what, Set<String> wanted) {
    this.what = what;
    this.wanted = wanted;
  }

  /**
   * Reads the arrays with the given names; other arrays are skipped.
   *
   * @return the arrays that exist, by name
   * @throws FormatException if the file is not a level 5 file, is truncated, or an array does not
   *     match its declaration
   */
  public static Map<String, MatArray> read(String operation, Path file, Set<String> names) {
    MatFile mat = new MatFile(operation + ": " + file, names);
    try (RandomAccessFile in = RegularFile.open(operation, file)) {
      mat.read(in);
      return mat.found;
    } catch (EOFException e) {
      throw new FormatException(mat.what + ": truncated", e);
    } catch (ZipException e) {
      throw new FormatException(mat.what + ": not deflated: " + e.getMessage(), e);
    } catch (FormatException e) {
      throw e.getMessage().startsWith(mat.what)
          ? e
          : new FormatException(mat.what + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  private void read(RandomAccessFile in) throws IOException {
    long size = in.length();
    byte[] header = new byte[HEADER_BYTES];
    in.readFully(header);
    order = order(header);
    for (long at = HEADER_BYTES; at < size; ) {
      in.seek(at);
      int type = reordered(in.readInt());
      long bytes = Integer.toUnsignedLong(reordered(in.readInt()));
      if (bytes > size - at - TAG_BYTES) {
        throw new FormatException(
            "an element of "
                + bytes
                + " bytes begins at byte "
                + at
                + " of "
                + size
                + "; is it truncated?");
      }
      InputStream content = new Limited(RegularFile.stream(in), bytes);
      if (type == COMPRESSED) {
        deflated(content, bytes);
      } else if (type == MATRIX) {
        matrix(content, bytes, false);
      } else {
        throw new FormatException("unexpected element of type " + type + " at byte " + at);
      }
      at += TAG_BYTES + bytes;
    }
  }

  private void deflated(InputStream content, long bytes) throws IOException {
    Inflater inflater = new Inflater();
    try {
      InputStream inflated = new InflaterInputStream(content, inflater, BUFFER_BYTES);
      long all = new MatInput(inflated, order, TAG_BYTES).matrix();
      if (all > bytes * Sizes.DEFLATE_RATIO) {
        throw new FormatException(
            "an array of " + all + " bytes cannot be compressed into " + bytes);
      }
      matrix(inflated, all, true);
    } finally {
      inflater.end(); // a file may have millions, and each has native memory
    }
  }

  private ByteOrder order(byte[] header) {
    String mark = new String(header, HEADER_BYTES - 2, 2, StandardCharsets.ISO_8859_1);
    if (!mark.equals("IM") && !mark.equals("MI")) {
      throw new FormatException("not a MATLAB level 5 file: its header lacks the byte order");
    }
    boolean little = mark.equals("IM");
    int high = header[HEADER_BYTES - (little ? 3 : 4)] & 0xff;
    int low = header[HEADER_BYTES - (little ? 4 : 3)] & 0xff;
    if ((high << Byte.SIZE | low) != LEVEL_5) {
      throw new FormatException(
          "a MATLAB file of version " + high + "." + low + ", expected 1.0: save it with -v7");
    }
    return little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
  }

  private int reordered(int bigEndian) {
    return order == ByteOrder.BIG_ENDIAN ? bigEndian : Integer.reverseBytes(bigEndian);
  }

  /**
   * Reads an array if its name is wanted.
   *
   * @param ends whether the stream must end after the array
   */
  private void matrix(InputStream in, long bytes, boolean ends) throws IOException {
    MatInput elements = new MatInput(in, order, bytes);
    MatHeader header = MatHeader.read(elements);
    if (!wanted.contains(header.name())) {
      return;
    }
    String array = what + ": array " + header.name();
    long most = header.mostBytes(array);
    if (most > MAX_BYTES) {
      throw new FormatException(array + ": " + most + " bytes do not fit in a Java array");
    }
    if (header.leastBytes() > elements.left()) {
      throw new FormatException(
          array + ": " + header.leastBytes() + " values, but only " + elements.left() + " bytes");
    }
    Heap.require(array, header.leastBytes());
    MatInput.Element real = elements.element(most);
    MatArray read = header.array(array, real);
    if (elements.left() > 0 || ends && in.read() >= 0) {
      throw new FormatException(array + " has bytes after its values");
    }
    if (found.put(header.name(), read) != null) {
      throw new FormatException(array + " occurs twice");
    }
  }
}

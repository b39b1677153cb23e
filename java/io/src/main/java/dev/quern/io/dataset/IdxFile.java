package dev.quern.io.dataset;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.Sizes;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * An IDX file of unsigned bytes: two zero bytes, type 8, the number of dimensions, each dimension
 * as a big-endian int, then the values. If the name ends in {@code .gz}, the file is gzipped.
 *
 * @param dims 1 to 4 dimensions, outermost first
 * @param values the values in row-major order; not copied
 */
public record IdxFile(int[] dims, byte[] values) {
  private static final String OPERATION = "idx";
  private static final int UNSIGNED_BYTE = 8;
  private static final int MAX_RANK = 4;

  /** The maximum array length that every JVM can allocate. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - 8;

  private static final int BUFFER_BYTES = 1 << 16;

  public IdxFile {
    dims = Require.present(OPERATION, "dims", dims).clone();
    Require.present(OPERATION, "values", values);
    if (dims.length < 1 || dims.length > MAX_RANK || Sizes.elements(dims) != values.length) {
      throw new InvalidArgumentException(
          "idx: " + values.length + " bytes do not fill dimensions " + Arrays.toString(dims));
    }
  }

  @Override
  public int[] dims() {
    return dims.clone();
  }

  /**
   * Reads a file. Memory is allocated as data arrives, not by the size in the header.
   *
   * @throws NotFoundException if the file does not exist
   * @throws FormatException if the file is malformed, or shorter or longer than its header declares
   */
  public static IdxFile read(Path file) {
    Require.present(OPERATION, "file", file);
    return Heap.within(OPERATION + ": " + file, () -> readWhole(file));
  }

  private static IdxFile readWhole(Path file) {
    try (RandomAccessFile whole = RegularFile.open(OPERATION, file)) {
      return read(file.toString(), RegularFile.stream(whole), whole.length());
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    }
  }

  /**
   * Reads a stream to its end and closes it.
   *
   * @param file the file's name, for messages
   * @param bytes the length of the file
   */
  static IdxFile read(String file, InputStream raw, long bytes) throws IOException {
    try (DataInputStream in = new DataInputStream(content(file, raw))) {
      int[] dims = header(file, in);
      int n = checkedSize(file, dims, bytes);
      byte[] values = in.readNBytes(n);
      if (values.length != n) {
        throw wrong(file, "it declares " + n + " bytes, but ends after " + values.length);
      }
      if (in.read() >= 0) {
        throw wrong(file, "it has bytes after the " + n + " bytes that it declares");
      }
      return new IdxFile(dims, values);
    } catch (EOFException e) {
      throw new FormatException(OPERATION + ": " + file + ": truncated", e);
    } catch (ZipException e) {
      throw new FormatException(OPERATION + ": " + file + ": not gzip: " + e.getMessage(), e);
    }
  }

  /**
   * Writes the file atomically; gzipped files contain no time stamp.
   *
   * @throws dev.quern.error.NotFoundException if the folder is missing
   * @throws dev.quern.error.FileAccessException if the folder cannot be written to
   */
  public void write(Path file) {
    Require.present(OPERATION, "file", file);
    AtomicFile.write(
        OPERATION,
        file,
        raw -> {
          if (isGzip(file.toString())) {
            GZIPOutputStream gzip = new GZIPOutputStream(raw, BUFFER_BYTES);
            write(gzip);
            gzip.finish();
          } else {
            write(raw);
          }
        });
  }

  private void write(OutputStream to) throws IOException {
    DataOutputStream out = new DataOutputStream(to);
    out.writeInt(UNSIGNED_BYTE << 8 | dims.length);
    for (int d : dims) {
      out.writeInt(d);
    }
    out.write(values);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IdxFile f
        && Arrays.equals(dims, f.dims)
        && Arrays.equals(values, f.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "idx " + Arrays.toString(dims);
  }

  private static InputStream content(String file, InputStream raw) throws IOException {
    return isGzip(file) ? new GZIPInputStream(raw, BUFFER_BYTES) : raw;
  }

  private static boolean isGzip(String file) {
    return file.endsWith(".gz");
  }

  private static int[] header(String file, DataInputStream in) throws IOException {
    int magic = in.readInt();
    int rank = magic & 0xff;
    if (magic >>> 8 != UNSIGNED_BYTE || rank < 1 || rank > MAX_RANK) {
      throw wrong(
          file,
          String.format(
              "it begins with %08x, expected 0000080N with N from 1 to %d", magic, MAX_RANK));
    }
    int[] dims = new int[rank];
    for (int i = 0; i < rank; i++) {
      dims[i] = in.readInt();
    }
    return dims;
  }

  private static int checkedSize(String file, int[] dims, long fileBytes) {
    long n = Sizes.elements(dims);
    long most = Math.min(MAX_BYTES, isGzip(file) ? fileBytes * Sizes.DEFLATE_RATIO : fileBytes);
    if (n < 0 || n > most) {
      throw wrong(
          file,
          "dimensions "
              + Arrays.toString(dims)
              + " cannot be compressed into "
              + fileBytes
              + " bytes; is it truncated?");
    }
    Heap.require(OPERATION + ": " + file, n);
    return (int) n;
  }

  private static FormatException wrong(String file, String problem) {
    return new FormatException(OPERATION + ": " + file + ": " + problem);
  }
}

package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.Sizes;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * An open NumPy file: a .npy file with one array, or a .npz file with one array per entry. Not
 * thread-safe.
 */
final class NumpyStore implements AutoCloseable {
  private static final String OPERATION = "numpy";
  private static final String ENDING = ".npy";

  private static final int BUFFER_BYTES = 1 << 16;

  private final String what;
  private final Path file;

  /** The .npz archive; null for a .npy file. */
  private final ZipFile zip;

  private final Map<String, NumpyHeader> headers = new LinkedHashMap<>();
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  private NumpyStore(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
    what = what(file);
  }

  /** Returns the operation and the file, for messages. */
  static String what(Path file) {
    return OPERATION + ": " + file;
  }

  /** Opens a file and reads the headers of its arrays. */
  static NumpyStore open(Path file) {
    NumpyStore opened = null;
    ZipFile zip = null;
    try (RandomAccessFile in = RegularFile.open(OPERATION, file)) {
      byte[] begin = RegularFile.stream(in).readNBytes(8);
      boolean zipped = begin.length >= 2 && begin[0] == 'P' && begin[1] == 'K';
      zip = zipped ? new ZipFile(file.toFile()) : null;
      NumpyStore all = new NumpyStore(file, zip);
      if (zipped) {
        all.readEntries(in.length());
      } else {
        in.seek(0);
        all.readHeader(in);
      }
      opened = all;
      return opened;
    } catch (EOFException e) {
      throw new FormatException(what(file) + ": truncated", e);
    } catch (ZipException
        | IllegalArgumentException e) { // the latter if an entry's name is not UTF-8
      throw new FormatException(what(file) + ": not a .npz: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    } finally {
      if (opened == null) {
        closeQuietly(zip);
      }
    }
  }

  private void readHeader(RandomAccessFile in) throws IOException {
    NumpyHeader header = header(what, RegularFile.stream(in));
    long size = in.length();
    if (header.valueBytes() != size - header.bytes()) {
      throw new FormatException(
          what
              + ": "
              + (size - header.bytes())
              + " bytes do not fill an array of shape "
              + header.shape()
              + ", "
              + header.type());
    }
    headers.put(file.getFileName().toString().replaceFirst("\\.npy$", ""), header);
  }

  private void readEntries(long size) throws IOException {
    for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
      ZipEntry entry = e.nextElement();
      if (!entry.getName().endsWith(ENDING)) {
        throw new FormatException(what + ": " + entry.getName() + " is not an array");
      }
      String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
      NumpyHeader header;
      try (InputStream in = zip.getInputStream(entry)) {
        header = header(of(name), in);
      } catch (EOFException cut) {
        throw new FormatException(of(name) + ": truncated", cut);
      }
      boolean deflated = entry.getMethod() == ZipEntry.DEFLATED;
      long most = Math.min(entry.getCompressedSize(), size) * (deflated ? Sizes.DEFLATE_RATIO : 1);
      if (header.valueBytes() > most
          || entry.getSize() >= 0 && header.valueBytes() != entry.getSize() - header.bytes()) {
        throw new FormatException(
            of(name)
                + ": an array of "
                + header.shape()
                + ", "
                + header.type()
                + ", does not fit its entry of "
                + entry.getSize()
                + " bytes, "
                + entry.getCompressedSize()
                + " compressed");
      }
      if (headers.put(name, header) != null) {
        throw new FormatException(of(name) + " occurs twice");
      }
      entries.put(name, entry);
    }
  }

  private static NumpyHeader header(String what, InputStream in) throws IOException {
    try {
      return NumpyHeader.read(in);
    } catch (FormatException e) {
      throw new FormatException(what + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }

  /** Returns whether the file is a .npz archive. */
  boolean isZip() {
    return zip != null;
  }

  /** Returns the headers by array name, in the file's order. */
  Map<String, NumpyHeader> headers() {
    return headers;
  }

  /**
   * Returns the header of an array.
   *
   * @throws NotFoundException if there is no array of that name
   */
  NumpyHeader find(String name) {
    NumpyHeader h = headers.get(name);
    if (h == null) {
      throw new NotFoundException(what + " has no array " + name);
    }
    return h;
  }

  /** Returns the operation, the file and the array, for messages. */
  String of(String name) {
    return zip == null ? what : what + ": array " + name;
  }

  /** Reads the values of an array from a stream. */
  interface Reader<A> {
    A read(InputStream in) throws IOException;
  }

  /**
   * Reads the values of an array.
   *
   * @throws FormatException if there are more or fewer values than declared, the checksum differs,
   *     or the reader rejects the values
   */
  <A> A values(String name, Reader<A> reader) {
    CRC32 sum = new CRC32();
    try (RandomAccessFile raw = zip == null ? RegularFile.open(OPERATION, file) : null;
        InputStream in =
            zip == null
                ? new BufferedInputStream(RegularFile.stream(raw), BUFFER_BYTES)
                : new CheckedInputStream(zip.getInputStream(entries.get(name)), sum)) {
      in.skipNBytes(find(name).bytes());
      A all = reader.read(in);
      if (in.read() >= 0) {
        throw new FormatException(of(name) + " has bytes after its values");
      }
      if (zip != null && sum.getValue() != entries.get(name).getCrc()) {
        throw new FormatException(of(name) + " is damaged: its checksum does not match");
      }
      return all;
    } catch (EOFException e) {
      throw new FormatException(of(name) + ": truncated", e);
    } catch (ZipException e) {
      throw new FormatException(of(name) + ": " + e.getMessage(), e);
    } catch (FormatException e) {
      throw e.getMessage().startsWith(what)
          ? e
          : new FormatException(of(name) + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, file, e);
    }
  }

  @Override
  public void close() {
    closeQuietly(zip);
  }

  /** Closes an archive and ignores errors, which are harmless after reading. */
  private static void closeQuietly(ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // the values that were read are still correct
    }
  }
}

package dev.quern.io;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.Heap;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.Require;
import dev.quern.tensor.Shape;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Arrays of NumPy: a .npy file, versions 1 to 3 of the format, or a .npz file, stored or deflated.
 * Types are bool, int8 to int64, uint8 to uint32, float16, float32, float64 and text, in either
 * byte order and either memory order. Pickled objects are refused: nothing in a file is executed.
 *
 * <pre>{@code
 * try (NumpyFile file = NumpyFile.open(path)) {
 *   for (String name : file.names()) {
 *     System.out.println(name + " " + file.dtype(name) + " " + file.shape(name));
 *   }
 *   float[] x = file.floats("x_train");
 * }
 * }</pre>
 *
 * Only the headers and the array that is asked for are in memory. Thread-safe; one thread reads at
 * a time. Closing twice does nothing.
 */
public final class NumpyFile implements AutoCloseable {
  private static final String OPERATION = "numpy";
  private static final String ENDING = ".npy";

  /** Deflate's best: 258 bytes for two bits. No honest entry claims more than this a byte. */
  private static final long MAX_RATIO = 1032;

  private static final int BUFFER_BYTES = 1 << 16;

  private final String what;
  private final Path file;

  /** Null of a .npy file. */
  private final ZipFile zip;

  private final Map<String, NumpyHeader> headers = new LinkedHashMap<>();
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();
  private boolean closed;

  private NumpyFile(Path file, ZipFile zip) {
    this.file = file;
    this.zip = zip;
    what = OPERATION + ": " + file;
  }

  /**
   * Opens a file and reads the headers in it. The array of a .npy file is called as the file is,
   * without the ending.
   *
   * @throws NotFoundException if there is no such file
   * @throws FormatException if it is none of NumPy's, is cut short, or an array has another type
   * @throws dev.quern.error.FileAccessException if it cannot be read
   */
  public static NumpyFile open(Path file) {
    Require.present(OPERATION, "file", file);
    return Heap.within(OPERATION + ": " + file, () -> opened(file));
  }

  private static NumpyFile opened(Path file) {
    NumpyFile opened = null;
    ZipFile zip = null;
    try (RandomAccessFile in = RegularFile.open(OPERATION, file)) {
      byte[] begin = RegularFile.stream(in).readNBytes(8);
      boolean zipped = begin.length >= 2 && begin[0] == 'P' && begin[1] == 'K';
      zip = zipped ? new ZipFile(file.toFile()) : null;
      NumpyFile all = new NumpyFile(file, zip);
      if (zipped) {
        all.readEntries(in.length());
      } else {
        in.seek(0);
        all.readHeader(in);
      }
      opened = all;
      return opened;
    } catch (EOFException e) {
      throw new FormatException(OPERATION + ": " + file + ": cut short", e);
    } catch (ZipException e) {
      throw new FormatException(OPERATION + ": " + file + ": not a .npz: " + e.getMessage(), e);
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
              + " bytes do not fill an array of "
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
        throw new FormatException(what + ": " + entry.getName() + " is no array");
      }
      String name = entry.getName().substring(0, entry.getName().length() - ENDING.length());
      NumpyHeader header;
      try (InputStream in = zip.getInputStream(entry)) {
        header = header(of(name), in);
      } catch (EOFException cut) {
        throw new FormatException(of(name) + ": cut short", cut);
      }
      boolean deflated = entry.getMethod() == ZipEntry.DEFLATED;
      long most = Math.min(entry.getCompressedSize(), size) * (deflated ? MAX_RATIO : 1);
      if (header.valueBytes() > most
          || entry.getSize() >= 0 && header.valueBytes() != entry.getSize() - header.bytes()) {
        throw new FormatException(
            of(name)
                + ": an array of "
                + header.shape()
                + ", "
                + header.type()
                + ", in an entry of "
                + entry.getSize()
                + " bytes, "
                + entry.getCompressedSize()
                + " deflated");
      }
      if (headers.put(name, header) != null) {
        throw new FormatException(of(name) + " is there twice");
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

  /** The arrays' names, in the file's order. */
  public List<String> names() {
    return List.copyOf(headers.keySet());
  }

  public boolean has(String name) {
    return headers.containsKey(name);
  }

  /**
   * The type by the name that safetensors has for it, as {@code F32}, {@code U8} or {@code I64}, or
   * {@code TEXT}.
   *
   * @throws NotFoundException if the file has no array of that name; so do the methods below
   */
  public String dtype(String name) {
    return find(name).type().name();
  }

  public Shape shape(String name) {
    return find(name).shape();
  }

  /**
   * An array's values of any type of numbers, outermost dimension first whatever the memory order.
   * F64 and large whole numbers are rounded to the nearest float.
   *
   * @return a new array
   * @throws FormatException if it is text, has more elements than an array, or the file is cut
   *     short or was changed
   * @throws ClosedException if the file was closed
   * @throws dev.quern.error.FileAccessException if it cannot be read
   * @throws dev.quern.error.MemoryLimitException if the values do not fit in what is left of the
   *     JVM's heap
   */
  public synchronized float[] floats(String name) {
    NumpyHeader h = find(name);
    float[] all = read(name, Float.BYTES, (in, n) -> h.type().readFloats(in, h.order(), n));
    return h.columns()
        ? inRows(name, h, new float[all.length], (to, at, i) -> to[at] = all[i])
        : all;
  }

  /**
   * The values of an array of U8, which are unsigned; otherwise as {@link #floats(String)}.
   *
   * @throws FormatException if it is of another type
   */
  public synchronized byte[] bytes(String name) {
    NumpyHeader h = find(name);
    if (!h.type().isByte()) {
      throw new FormatException(of(name) + " is " + h.type() + ", bytes are read from U8");
    }
    byte[] all = read(name, 1, NumpyFile::exactly);
    return h.columns()
        ? inRows(name, h, new byte[all.length], (to, at, i) -> to[at] = all[i])
        : all;
  }

  /**
   * The values of an array of whole numbers, those beyond int's range as the nearest int; otherwise
   * as {@link #floats(String)}.
   *
   * @throws FormatException if it is of another type
   */
  public synchronized int[] ints(String name) {
    NumpyHeader h = find(name);
    int[] all = read(name, Integer.BYTES, (in, n) -> h.type().readInts(in, h.order(), n));
    return h.columns() ? inRows(name, h, new int[all.length], (to, at, i) -> to[at] = all[i]) : all;
  }

  /**
   * The values of an array of text of one axis; otherwise as {@link #floats(String)}.
   *
   * @throws FormatException if it is of another type or rank
   */
  public synchronized List<String> texts(String name) {
    NumpyHeader h = find(name);
    if (h.type() != ArrayType.TEXT || h.shape().rank() != 1) {
      throw new FormatException(
          of(name) + " is " + h.type() + " of " + h.shape() + ", no list of text");
    }
    byte[] all = read(name, h.width(), (in, n) -> exactly(in, n * h.width()));
    List<String> texts = new ArrayList<>();
    for (int at = 0; at < all.length; at += h.width()) {
      texts.add(text(ByteBuffer.wrap(all, at, h.width()).order(h.order()), h.wide()));
    }
    return texts;
  }

  /** Zeros at the end are filling. */
  private String text(ByteBuffer from, boolean wide) {
    StringBuilder out = new StringBuilder();
    while (from.hasRemaining()) {
      int point = wide ? from.getInt() : from.get() & 0xff;
      if (!Character.isValidCodePoint(point)) {
        throw new FormatException(what + ": text with " + point + ", which is no character");
      }
      out.appendCodePoint(point);
    }
    return out.toString().replaceFirst("\0+$", "");
  }

  private static byte[] exactly(InputStream in, int n) throws IOException {
    byte[] all = in.readNBytes(n);
    if (all.length < n) {
      throw new EOFException();
    }
    return all;
  }

  /** Copies element {@code from} of what was read to place {@code at}. */
  private interface Move<A> {
    void move(A to, int at, int from);
  }

  /** What was read column by column. */
  private <A> A inRows(String name, NumpyHeader h, A to, Move<A> move) {
    return Heap.within(
        of(name),
        () -> {
          int rank = h.shape().rank();
          int[] steps = new int[rank];
          int step = 1;
          for (int axis = rank - 1; axis >= 0; axis--) {
            steps[axis] = step;
            step *= (int) h.shape().dim(axis);
          }
          int[] at = new int[rank];
          int place = 0;
          for (int i = 0; i < step; i++) {
            move.move(to, place, i);
            for (int axis = 0; axis < rank; axis++) { // the first is the fastest
              place += steps[axis];
              if (++at[axis] < h.shape().dim(axis)) {
                break;
              }
              place -= at[axis] * steps[axis];
              at[axis] = 0;
            }
          }
          return to;
        });
  }

  /** Makes an array of so many elements from the values in a stream. */
  private interface Reader<A> {
    A read(InputStream in, int elements) throws IOException;
  }

  private <A> A read(String name, long each, Reader<A> reader) {
    NumpyHeader h = find(name);
    if (closed) {
      throw new ClosedException(what + " is closed");
    }
    long n = h.shape().elements();
    if (n > SafetensorsHeader.MAX_ELEMENTS / (h.type() == ArrayType.TEXT ? h.width() : 1)) {
      throw new FormatException(of(name) + ": " + h.shape() + " is more than an array");
    }
    Heap.require(of(name), n * each);
    return Heap.within(of(name), () -> values(name, h, (int) n, reader));
  }

  private <A> A values(String name, NumpyHeader h, int n, Reader<A> reader) {
    try (RandomAccessFile raw = zip == null ? RegularFile.open(OPERATION, file) : null;
        InputStream in =
            zip == null
                ? new BufferedInputStream(RegularFile.stream(raw), BUFFER_BYTES)
                : zip.getInputStream(entries.get(name))) {
      in.skipNBytes(h.bytes());
      A all = reader.read(in, n);
      if (in.read() >= 0) {
        throw new FormatException(of(name) + " goes on behind its values");
      }
      return all;
    } catch (EOFException e) {
      throw new FormatException(of(name) + ": cut short", e);
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

  /** What is in the file, each of which may be read until this is closed. */
  List<ArrayEntry> arrays() {
    List<ArrayEntry> all = new ArrayList<>();
    headers.forEach(
        (name, h) ->
            all.add(
                new ArrayEntry(
                    name,
                    of(name),
                    h.type(),
                    h.shape(),
                    () -> bytes(name),
                    () -> floats(name),
                    () -> ints(name),
                    () -> texts(name),
                    zip != null || h.columns()
                        ? null
                        : new ArrayEntry.Place(file, h.bytes(), h.order()))));
    return all;
  }

  private String of(String name) {
    return zip == null ? what : what + ": array " + name;
  }

  private NumpyHeader find(String name) {
    NumpyHeader h = headers.get(name);
    if (h == null) {
      throw new NotFoundException(what + " has no array " + name);
    }
    return h;
  }

  @Override
  public synchronized void close() {
    closed = true;
    closeQuietly(zip);
  }

  /** Nothing was written, so that nothing is lost. */
  private static void closeQuietly(ZipFile zip) {
    try {
      if (zip != null) {
        zip.close();
      }
    } catch (IOException e) {
      // the values that were read stay right
    }
  }

  @Override
  public String toString() {
    return "NumpyFile " + file + ", " + headers.size() + " arrays";
  }
}

package dev.quern.io.dataset;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Heap;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Unpacking of untrusted {@code .tar.gz} files. Only regular files and folders with plain relative
 * names are allowed, in a limited number and total size.
 */
final class TarGz {
  private static final String OPERATION = "unpack";
  private static final int MAX_ENTRIES = 1_000;
  private static final int BUFFER_BYTES = 1 << 16;

  /** The maximum length of a name, far more than any archive of a data set needs. */
  private static final int LONGEST_NAME = 1000;

  private TarGz() {}

  /**
   * Unpacks an archive into an empty folder; after an exception, the folder may contain some of the
   * files.
   *
   * @param most the maximum size of the unpacked content in bytes
   * @throws FormatException if the archive is malformed or too large, or an entry is a link or a
   *     device, or has a name that is not allowed
   */
  static void unpack(Path archive, Path folder, long most) {
    Heap.within(
        OPERATION + ": " + archive,
        () -> {
          unpackWhole(archive, folder, most);
          return null;
        });
  }

  private static void unpackWhole(Path archive, Path folder, long most) {
    try (RandomAccessFile in = RegularFile.open(OPERATION, archive)) {
      unpack(RegularFile.stream(in), folder, most);
    } catch (FormatException e) {
      throw new FormatException(OPERATION + ": " + archive + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, archive, e);
    }
  }

  private static void unpack(InputStream raw, Path folder, long most) throws IOException {
    InputStream bounded = new Bounded(gunzip(raw), most);
    try (TarArchiveInputStream tar = new TarArchiveInputStream(bounded, "UTF-8")) {
      int entries = 0;
      for (TarArchiveEntry e; (e = next(tar)) != null; ) {
        if (++entries > MAX_ENTRIES) {
          throw new FormatException("it has more than " + MAX_ENTRIES + " entries");
        }
        Path target = target(folder, e.getName());
        if (isFolder(e)) {
          Files.createDirectories(target);
        } else if (Files.exists(target)) {
          throw new FormatException("entry \"" + e.getName() + "\" occurs twice");
        } else {
          Files.createDirectories(target.getParent());
          copy(tar, target);
        }
      }
    }
  }

  private static InputStream gunzip(InputStream raw) {
    try {
      return new GZIPInputStream(new BufferedInputStream(raw), BUFFER_BYTES);
    } catch (IOException e) {
      throw malformed(e);
    }
  }

  private static TarArchiveEntry next(TarArchiveInputStream tar) {
    try {
      return tar.getNextEntry();
    } catch (FormatException e) {
      throw e; // thrown by Bounded
    } catch (IOException | RuntimeException e) {
      throw malformed(e); // for a malformed entry the library throws more than IOException
    }
  }

  /**
   * Returns whether an entry is a folder, by its type flag; the library's isFile would accept pipes
   * as files.
   */
  private static boolean isFolder(TarArchiveEntry e) {
    return switch (e.getLinkFlag()) {
      case TarConstants.LF_DIR -> true;
      case TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM -> e.getName().endsWith("/");
      default ->
          throw new FormatException("entry " + e.getName() + " is neither a file nor a folder");
    };
  }

  private static Path target(Path folder, String name) {
    if (!isPlain(name)) {
      throw new FormatException(
          "entry \""
              + name.substring(0, Math.min(name.length(), LONGEST_NAME))
              + "\" is not a plain relative name");
    }
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new FormatException(
          "entry \"" + name + "\" is not a valid file name on this system", e);
    }
  }

  /**
   * Returns whether a path is plain: without drive letters, backslashes, control characters and
   * {@code ..}, with one slash between parts and at most one at the end. Implemented as loops,
   * because a regular expression with a repeated group uses a stack frame per repetition.
   */
  private static boolean isPlain(String name) {
    String path = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
    return name.length() <= LONGEST_NAME
        && Stream.of(path.split("/", -1)).allMatch(TarGz::isPlainPart);
  }

  private static boolean isPlainPart(String part) {
    return !part.isEmpty()
        && !part.equals("..")
        && part.chars().noneMatch(c -> c == '\\' || c == ':' || c < ' ' || c == 0x7f);
  }

  private static void copy(InputStream tar, Path target) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
      for (int n; (n = read(tar, buffer)) >= 0; ) {
        out.write(buffer, 0, n);
      }
    }
  }

  /**
   * Reads bytes from the archive, and reports an error as an invalid archive rather than a disk
   * error.
   */
  private static int read(InputStream tar, byte[] buffer) {
    try {
      return tar.read(buffer);
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw malformed(e);
    }
  }

  private static FormatException malformed(Exception e) {
    return new FormatException("not a complete tar.gz: " + e.getMessage(), e);
  }

  /**
   * A stream that returns a limited number of bytes, independent of the sizes that the archive
   * declares.
   */
  private static final class Bounded extends FilterInputStream {
    private final long most;
    private long left;

    Bounded(InputStream in, long most) {
      super(in);
      this.most = most;
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      int b = super.read();
      count(b < 0 ? 0 : 1);
      return b;
    }

    @Override
    public int read(byte[] target, int at, int length) throws IOException {
      int n = super.read(target, at, length);
      count(Math.max(0, n));
      return n;
    }

    @Override
    public long skip(long n) throws IOException {
      long skipped = super.skip(n);
      count(skipped);
      return skipped;
    }

    private void count(long n) {
      left -= n;
      if (left < 0) {
        throw new FormatException("it unpacks to more than " + most + " bytes");
      }
    }
  }
}

package dev.quern.io.dataset;

import dev.quern.error.DownloadException;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.RegularFile;
import dev.quern.io.file.Sha256;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An incomplete download: the file {@code NAME.part}, and {@code NAME.part.validator} with the ETag
 * or date by which the server detects that its file was changed. Only one download at a time can
 * open the file. Data is not written through a channel, which an interrupt would close.
 */
final class PartialFile implements Closeable {
  /**
   * The partial files that this process has open. No file is opened twice: a POSIX lock is released
   * when its process closes any descriptor of the file.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private static final int LONGEST_VALIDATOR = 1000;

  private final Path part;
  private final Path validator;
  private final RandomAccessFile out;

  /**
   * Opens the part that an earlier download has received, or an empty part.
   *
   * @param target the path of the complete file
   * @throws DownloadException if another download has the part open
   */
  PartialFile(Path target) throws IOException {
    part = target.toAbsolutePath().normalize().resolveSibling(target.getFileName() + ".part");
    validator = target.resolveSibling(target.getFileName() + ".part.validator");
    if (!OPEN.add(part)) {
      throw taken();
    }
    RandomAccessFile file = null;
    try {
      file = new RandomAccessFile(part.toFile(), "rw");
      if (!lock(file)) {
        throw taken();
      }
      file.seek(file.length());
    } catch (IOException | RuntimeException e) {
      OPEN.remove(part);
      if (file != null) {
        file.close();
      }
      throw e;
    }
    out = file;
  }

  private DownloadException taken() {
    return new DownloadException("download: " + part + " is being written by another download");
  }

  private static boolean lock(RandomAccessFile out) throws IOException {
    try {
      return out.getChannel().tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // another class loader's copy of this class
      return false;
    }
  }

  Path path() {
    return part;
  }

  /** Returns the SHA-256 of the part, read through the open descriptor, see {@link #OPEN}. */
  String sha256() throws IOException {
    out.seek(0);
    String sum = Sha256.of(RegularFile.stream(out));
    out.seek(out.length());
    return sum;
  }

  /** Returns the number of bytes received so far. */
  long size() throws IOException {
    return out.length();
  }

  /**
   * Returns the validator for resuming the download; empty if it must restart from the beginning.
   */
  String validator() throws IOException {
    if (size() == 0 || !Files.exists(validator) || Files.size(validator) > LONGEST_VALIDATOR) {
      return "";
    }
    String text = new String(Files.readAllBytes(validator), StandardCharsets.ISO_8859_1);
    return text.matches("[ -~]*") ? text : ""; // other characters are not allowed in a header
  }

  void append(byte[] bytes, int count) throws IOException {
    out.write(bytes, 0, count);
  }

  /**
   * Discards the received bytes, to download the file from its beginning.
   *
   * @param newValidator identifies the server's version of the file; empty if unknown
   */
  void restart(String newValidator) throws IOException {
    out.setLength(0);
    if (newValidator.isEmpty()) {
      Files.deleteIfExists(validator);
    } else {
      Files.writeString(validator, newValidator);
    }
  }

  /** Discards the received bytes and the validator. */
  void clear() throws IOException {
    restart("");
  }

  /** Renames the complete file to its final name; only {@link #close} may be called afterwards. */
  void finish(Path target) throws IOException {
    out.getFD().sync();
    AtomicFile.move(part, target);
    Files.deleteIfExists(validator);
  }

  /** Closes the part and keeps it for a later download, unless it is empty. */
  @Override
  public void close() throws IOException {
    boolean empty = out.length() == 0;
    out.close();
    OPEN.remove(part);
    if (empty) {
      Files.deleteIfExists(part);
      Files.deleteIfExists(validator);
    }
  }
}

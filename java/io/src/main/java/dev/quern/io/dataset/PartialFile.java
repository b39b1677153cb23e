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
 * An incomplete download: {@code NAME.part}, and {@code NAME.part.validator} with the ETag or date
 * by which the server decides whether its file is unchanged. Open for one download at a time. It is
 * not written through a channel, which an interrupt would close.
 */
final class PartialFile implements Closeable {
  /**
   * Files opened by this process. None of them is opened again meanwhile: a POSIX lock is released
   * when its process closes any descriptor of the file.
   */
  private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

  private static final int LONGEST_VALIDATOR = 1000;

  private final Path part;
  private final Path validator;
  private final RandomAccessFile out;

  /**
   * Opens the part of an earlier download, or an empty part.
   *
   * @param target the path of the complete file
   * @throws DownloadException if another download has it open
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

  /** Returns the SHA-256 of the part, read through the open descriptor: see {@link #OPEN}. */
  String sha256() throws IOException {
    out.seek(0);
    String sum = Sha256.of(RegularFile.stream(out));
    out.seek(out.length());
    return sum;
  }

  /** Returns the bytes so far. */
  long size() throws IOException {
    return out.length();
  }

  /**
   * Returns the validator for resuming; empty if the next transfer must start from the beginning.
   */
  String validator() throws IOException {
    if (size() == 0 || !Files.exists(validator) || Files.size(validator) > LONGEST_VALIDATOR) {
      return "";
    }
    String text = new String(Files.readAllBytes(validator), StandardCharsets.ISO_8859_1);
    return text.matches("[ -~]*") ? text : ""; // a header takes nothing else
  }

  void append(byte[] bytes, int count) throws IOException {
    out.write(bytes, 0, count);
  }

  /**
   * Discards the part; the next bytes are the first ones of the version that the validator
   * identifies.
   */
  void restart(String newValidator) throws IOException {
    out.setLength(0);
    if (newValidator.isEmpty()) {
      Files.deleteIfExists(validator);
    } else {
      Files.writeString(validator, newValidator);
    }
  }

  /** Discards the part. */
  void clear() throws IOException {
    restart("");
  }

  /** Renames the complete file; only {@link #close} may be called afterwards. */
  void finish(Path target) throws IOException {
    out.getFD().sync();
    AtomicFile.move(part, target);
    Files.deleteIfExists(validator);
  }

  /** Keeps the part for a later download, unless it is empty. */
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

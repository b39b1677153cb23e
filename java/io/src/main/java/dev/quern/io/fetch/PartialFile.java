package dev.quern.io.fetch;

import dev.quern.error.DownloadException;
import dev.quern.io.file.AtomicFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A download on its way: {@code NAME.part}, and in {@code NAME.part.validator} the ETag or date by
 * which the server tells whether its file is still the one that the part was taken from. Open for
 * one download at a time.
 */
public final class PartialFile implements Closeable {
  private final Path part;
  private final Path validator;
  private final FileChannel out;

  /**
   * Opens what an earlier download left, or an empty part.
   *
   * @param target the finished file's path
   * @throws DownloadException if another download has it open
   */
  public PartialFile(Path target) throws IOException {
    part = target.resolveSibling(target.getFileName() + ".part");
    validator = target.resolveSibling(target.getFileName() + ".part.validator");
    out = FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (!lock()) {
      out.close();
      throw new DownloadException("download: " + part + " is being written by another download");
    }
  }

  private boolean lock() throws IOException {
    try {
      return out.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // another thread of this process
      return false;
    }
  }

  public Path path() {
    return part;
  }

  /** Bytes so far. */
  public long size() throws IOException {
    return out.size();
  }

  /** What to resume by, or an empty text if the next transfer must start afresh. */
  String validator() throws IOException {
    return size() > 0 && Files.exists(validator) ? Files.readString(validator) : "";
  }

  void append(ByteBuffer bytes) throws IOException {
    AtomicFile.writeFully(out, bytes);
  }

  /**
   * Drops what there is; the next bytes are the file's first, of the version that the validator
   * tells.
   */
  void restart(String newValidator) throws IOException {
    out.truncate(0);
    if (newValidator.isEmpty()) {
      Files.deleteIfExists(validator);
    } else {
      Files.writeString(validator, newValidator);
    }
  }

  /** Drops what there is. */
  public void clear() throws IOException {
    restart("");
  }

  /** Gives the complete file its name; then only {@link #close} may follow. */
  public void finish(Path target) throws IOException {
    out.force(true);
    AtomicFile.move(part, target);
    Files.deleteIfExists(validator);
  }

  /** Keeps the part for a later download, unless it is empty. */
  @Override
  public void close() throws IOException {
    boolean empty = out.size() == 0;
    out.close();
    if (empty) {
      Files.deleteIfExists(part);
      Files.deleteIfExists(validator);
    }
  }
}

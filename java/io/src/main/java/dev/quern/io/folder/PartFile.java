package dev.quern.io.folder;

import dev.quern.io.file.AtomicFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A temporary file that is written for the duration of a run. A system lock marks it as being
 * written, so that the files of killed processes can be recognized and deleted.
 */
final class PartFile implements AutoCloseable {
  /** The locked byte position, far after the content. */
  private static final long PLACE = Long.MAX_VALUE - 1;

  /**
   * The minimum age of files to delete. Younger files may be in use without a lock: a new file is
   * not locked yet, and a complete file is unlocked before it is renamed.
   */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  /**
   * The names of the temporary files that this process is writing. By POSIX rules, opening and
   * closing such a file again would release its lock.
   */
  private static final Set<String> WRITTEN = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final Path temporary;
  private final RandomAccessFile data;

  private PartFile(Path file, Path temporary, RandomAccessFile data) {
    this.file = file;
    this.temporary = temporary;
    this.data = data;
  }

  /**
   * Creates a temporary file in the folder of the final file.
   *
   * @param file the final file, an absolute path
   */
  static PartFile create(Path file) throws IOException {
    Path temporary = AtomicFile.temporary(file);
    WRITTEN.add(name(temporary));
    boolean made = false;
    try {
      Files.createFile(temporary);
      PartFile part = new PartFile(file, temporary, new RandomAccessFile(temporary.toFile(), "rw"));
      isLocked(part.data);
      made = true;
      return part;
    } finally {
      if (!made) {
        WRITTEN.remove(name(temporary));
      }
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  /** Tries to lock an open file, and returns whether this succeeded. */
  private static boolean isLocked(RandomAccessFile data) {
    try {
      return data.getChannel().tryLock(PLACE, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false; // another class loader's copy of this class
    } catch (IOException e) {
      return false; // the file system has no locks, so no files are deleted there
    }
  }

  /** Deletes temporary files of killed processes. */
  static void sweep(Path file) throws IOException {
    Instant young = Instant.now().minus(YOUNG);
    for (Path left : AtomicFile.temporaries(file)) {
      try {
        boolean old = Files.getLastModifiedTime(left).toInstant().isBefore(young);
        if (old && !WRITTEN.contains(name(left))) {
          sweepOld(left);
        }
      } catch (NoSuchFileException e) {
        // complete by now, or deleted by another process
      }
    }
  }

  private static void sweepOld(Path left) throws IOException {
    if (!Files.isRegularFile(left) || !Files.isWritable(left)) {
      return;
    }
    try (RandomAccessFile data = new RandomAccessFile(left.toFile(), "rw")) {
      if (!isLocked(data)) {
        return;
      }
    }
    Files.deleteIfExists(left);
  }

  RandomAccessFile data() {
    return data;
  }

  /** Syncs the content to the disk and renames the file. */
  void finish() throws IOException {
    data.getFD().sync();
    data.close(); // Windows cannot rename an open file
    AtomicFile.move(temporary, file);
    WRITTEN.remove(name(temporary));
  }

  /** Deletes the file if it is not finished. */
  @Override
  public void close() throws IOException {
    data.close();
    Files.deleteIfExists(temporary);
    WRITTEN.remove(name(temporary));
  }
}

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
 * A temporary file that takes its whole run to write. As long as it is written it has a lock of the
 * system, by which what a killed process left is known.
 */
final class PartFile implements AutoCloseable {
  /** Behind all content. */
  private static final long PLACE = Long.MAX_VALUE - 1;

  /** A new file has no lock yet, and a whole one none any more when it gets its name. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  /**
   * The names of those of this process. To open one again and close it would take its lock away, as
   * POSIX has it.
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
   * Makes one beside the file that it will be.
   *
   * @param file an absolute path
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

  /** Whether the lock was free, and is ours now. */
  private static boolean isLocked(RandomAccessFile data) {
    try {
      return data.getChannel().tryLock(PLACE, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false; // another class loader's copy of this class
    } catch (IOException e) {
      return false; // the file system has no locks, so that nothing is swept there
    }
  }

  /** Deletes what killed processes left of a file. */
  static void sweep(Path file) throws IOException {
    Instant young = Instant.now().minus(YOUNG);
    for (Path left : AtomicFile.temporaries(file)) {
      try {
        boolean old = Files.getLastModifiedTime(left).toInstant().isBefore(young);
        if (old && !WRITTEN.contains(name(left))) {
          sweepOld(left);
        }
      } catch (NoSuchFileException e) {
        // whole by now, or swept by another
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

  /** Brings the content to the disk, and then under its name. */
  void finish() throws IOException {
    data.getFD().sync();
    data.close(); // under Windows an open file keeps its name
    AtomicFile.move(temporary, file);
    WRITTEN.remove(name(temporary));
  }

  /** Deletes what is not finished. */
  @Override
  public void close() throws IOException {
    data.close();
    Files.deleteIfExists(temporary);
    WRITTEN.remove(name(temporary));
  }
}

package dev.quern.io;

import dev.quern.error.FileAccessException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.Host;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * An exclusive lock on a run's output folder: a system lock on the file {@code .quern.lock}, which
 * names the holder. The system releases the lock when the process ends for any reason, so a
 * leftover file does not block other runs. The lock also works between containers, in which
 * different processes may have the same ID. Thread-safe.
 */
public final class FolderLock implements AutoCloseable {
  public static final String NAME = ".quern.lock";

  /**
   * The locked byte position, far after the text, so that other processes can read the text even
   * where locks are mandatory.
   */
  private static final long PLACE = Long.MAX_VALUE - 1;

  private static final int LONGEST_TEXT = 512;
  private static final int ATTEMPTS = 100;

  /**
   * The locks that this process holds, by folder. A locked file must not be opened again in this
   * process: a POSIX lock is released when its process closes any descriptor of the file.
   */
  private static final Map<Object, FolderLock> HELD = new HashMap<>();

  private final Object key;
  private final Object owner;
  private final Path file;
  private final String text;
  private RandomAccessFile locked;

  /** A second descriptor of the lock file, open as long as the lock is held; see {@link #HELD}. */
  private RandomAccessFile named;

  private int holders;

  private FolderLock(Object key, Path file, Object owner) {
    this.key = key;
    this.file = file;
    this.owner = owner;
    this.text =
        "process "
            + ProcessHandle.current().pid()
            + " on "
            + Host.name()
            + " since "
            + Instant.now().truncatedTo(ChronoUnit.SECONDS)
            + "\n"
            + AtomicFile.random()
            + "\n";
  }

  /**
   * Locks an existing folder. The same owner may lock it repeatedly; each returned lock must be
   * closed once.
   *
   * @param operation the operation, with which each message begins
   * @param owner the run that locks the folder
   * @throws FolderInUseException if another owner holds the lock
   * @throws FileAccessException if the folder may not be written to, or its file system does not
   *     support locks
   */
  public static FolderLock take(String operation, Path folder, Object owner) {
    Require.present("lock", "operation", operation);
    Require.present(operation, "folder", folder);
    Require.present(operation, "owner", owner);
    synchronized (HELD) {
      try {
        Object key = key(folder);
        FolderLock lock = HELD.get(key);
        if (lock == null) {
          lock = new FolderLock(key, folder.resolve(NAME), owner);
          lock.open(operation, folder);
          HELD.put(key, lock);
        } else if (lock.owner != owner) {
          throw inUse(operation, folder, lock.text);
        }
        lock.holders++;
        return lock;
      } catch (IOException e) {
        throw FileErrors.of(operation, folder, e);
      }
    }
  }

  /** Returns the identity of the folder, which is independent of the path used. */
  private static Object key(Path folder) throws IOException {
    Object key = Files.readAttributes(folder, BasicFileAttributes.class).fileKey();
    return key == null ? folder.toRealPath() : key;
  }

  private void open(String operation, Path folder) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      if (tryOpen(operation, folder)) {
        return;
      }
    }
    throw new FileAccessException(
        operation + ": cannot lock " + folder + ": " + NAME + " was deleted after each attempt",
        null);
  }

  /**
   * Opens and locks the file. If the previous holder deletes the file between both steps, the lock
   * is on a deleted file and does not exclude other processes.
   *
   * @return whether the locked file still exists under its name
   */
  private boolean tryOpen(String operation, Path folder) throws IOException {
    requirePlain();
    boolean done = false;
    locked = openFile(file, "rw");
    try {
      if (!tryLock(operation, folder)) {
        throw inUse(operation, folder, read(locked));
      }
      locked.setLength(0);
      locked.write(text.getBytes(StandardCharsets.UTF_8));
      named = openFile(file, "r");
      done = text.equals(read(named));
    } catch (NoSuchFileException e) {
      // deleted meanwhile
    } finally {
      if (!done) {
        closeFiles();
      }
    }
    return done;
  }

  /** Rejects a symbolic link, since writing would overwrite its target. */
  private void requirePlain() throws IOException {
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(NAME + " is not a regular file");
    }
  }

  private static RandomAccessFile openFile(Path file, String mode) throws IOException {
    try {
      return new RandomAccessFile(file.toFile(), mode);
    } catch (FileNotFoundException e) {
      if (mode.equals("r") && !Files.exists(file)) {
        throw new NoSuchFileException(file.toString());
      }
      throw Files.isWritable(Files.exists(file) ? file : file.toAbsolutePath().getParent())
          ? e
          : new AccessDeniedException(file.toString());
    }
  }

  private boolean tryLock(String operation, Path folder) {
    try {
      return locked.getChannel().tryLock(PLACE, 1, false) != null;
    } catch (OverlappingFileLockException e) {
      return false; // another class loader's copy of this class
    } catch (IOException e) {
      throw new FileAccessException(
          operation + ": cannot lock " + folder + ": " + e.getMessage(), e);
    }
  }

  private static String read(RandomAccessFile in) throws IOException {
    byte[] bytes = new byte[(int) Math.min(in.length(), LONGEST_TEXT)];
    in.seek(0);
    in.readFully(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static FolderInUseException inUse(String operation, Path folder, String text) {
    String who = text.lines().findFirst().orElse("").strip();
    return new FolderInUseException(
        operation
            + ": "
            + folder
            + " is in use by "
            + (who.isEmpty() ? "another process" : who)
            + "; wait until it ends or choose another folder");
  }

  private void closeFiles() {
    for (RandomAccessFile f : new RandomAccessFile[] {named, locked}) {
      try {
        if (f != null) {
          f.close();
        }
      } catch (IOException e) {
        // all data is written already; the file is closed when the process ends
      }
    }
  }

  /**
   * Deletes temporary files of killed processes.
   *
   * @param names a predicate that selects files that only the lock's holder writes, so no other
   *     process is writing them
   */
  public void sweep(Predicate<String> names) {
    Require.present("lock", "names", names);
    Path folder = file.getParent();
    try {
      AtomicFile.sweep(folder, names);
    } catch (IOException e) {
      throw FileErrors.of("lock", folder, e);
    }
  }

  /** Releases the lock; the last release deletes the file. */
  @Override
  public void close() {
    synchronized (HELD) {
      if (holders == 0 || --holders > 0) {
        return;
      }
      HELD.remove(key);
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        // it does not exclude other processes
      }
      closeFiles();
    }
  }
}

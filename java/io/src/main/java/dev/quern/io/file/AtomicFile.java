package dev.quern.io.file;

import dev.quern.error.FileAccessException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.messages.FileReason;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Atomic replacement of files: the content is written to a temporary file in the same folder,
 * synced to the disk, and renamed. Readers see either the old or the new content, even after a
 * crash. Writing also works on an interrupted thread, which remains interrupted.
 */
public final class AtomicFile {
  /**
   * The generator of the random part of temporary file names. Process IDs would not be unique,
   * since the first process of each container has ID 1.
   */
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int RANDOM_BYTES = 16;

  /**
   * The maximum number of characters of a file's name to use in its temporary name, which also has
   * a random part and is limited to 255 bytes.
   */
  private static final int LONGEST_PART = 50;

  /**
   * The pattern of temporary file names, whose last part is random or, in files of earlier
   * releases, the process ID and a count.
   */
  private static final Pattern TEMPORARY =
      Pattern.compile("\\.(.+)\\.([0-9a-f]{32}|\\d{1,18}-\\d{1,18})\\.tmp");

  /** A function that writes a file's content; if it throws, the old file is unchanged. */
  @FunctionalInterface
  public interface Body {
    void write(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file atomically, replacing an existing one.
   *
   * @throws NotFoundException if its folder is missing
   */
  public static void write(String operation, Path file, Body body) {
    write(operation, file, body, written -> {});
  }

  /**
   * Writes a file atomically, and checks the temporary file before it is renamed.
   *
   * @param check a function that checks the temporary file; if it throws, the old file is unchanged
   */
  public static void write(String operation, Path file, Body body, Consumer<Path> check) {
    requireFolder(operation, file);
    Path temporary = temporary(file.toAbsolutePath());
    try {
      try {
        fill(temporary, body);
        check.accept(temporary);
        move(temporary, file.toAbsolutePath());
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw FileErrors.of(operation, file, e);
    }
  }

  /**
   * Requires that a file's folder exists; called before lengthy work whose result the file will
   * contain.
   *
   * @throws NotFoundException if the folder does not exist
   * @throws FileAccessException if the file is a folder, or its parent is a file
   */
  public static void requireFolder(String operation, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (Files.isDirectory(file)) {
      throw new FileAccessException(
          operation + ": " + file + ": a folder of that name exists already", null);
    }
    if (folder == null || Files.isDirectory(folder)) {
      return;
    }
    String why = FileReason.ofWriting(file, new NoSuchFileException(folder.toString()));
    if (!Files.exists(folder) && why.equals("does not exist")) {
      throw new NotFoundException(
          operation + ": " + file + ": its folder does not exist; make " + folder + " first");
    }
    throw new FileAccessException(operation + ": " + file + ": " + why, null);
  }

  /** Writes the temporary file through a stream, since an interrupt would close a channel. */
  private static void fill(Path temporary, Body body) throws IOException {
    Files.createFile(temporary);
    try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
      body.write(out);
      out.getFD().sync();
    }
  }

  /**
   * Renames a file within one file system, replacing an existing file, and syncs the folder so that
   * the new name survives a crash.
   */
  public static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(to.toAbsolutePath().getParent());
  }

  /**
   * Returns a temporary name for a file; no other writer uses the name, even in another container.
   */
  public static Path temporary(Path file) {
    return file.resolveSibling("." + part(file) + "." + random() + ".tmp");
  }

  private static String part(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, Math.min(name.length(), LONGEST_PART));
  }

  /**
   * Returns the existing temporary files for a file, including those of other writers, see {@link
   * #temporary}.
   */
  public static List<Path> temporaries(Path file) throws IOException {
    String part = part(file);
    return temporaries(file.getParent(), part::equals);
  }

  private static List<Path> temporaries(Path folder, Predicate<String> names) throws IOException {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, ".*.tmp")) {
      for (Path p : found) {
        Matcher m = TEMPORARY.matcher(p.getFileName().toString());
        if (m.matches() && names.test(m.group(1))) {
          all.add(p);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return all;
  }

  /** Returns 128 random bits as hexadecimal digits. */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Deletes the temporary files of killed writers in a folder. The caller must hold the folder's
   * {@code FolderLock}, so that no running process is writing these files.
   *
   * @param names a predicate that selects the files that only the lock's holder writes
   */
  public static void sweep(Path folder, Predicate<String> names) throws IOException {
    for (Path p : temporaries(folder, names)) {
      Files.deleteIfExists(p);
    }
  }

  /**
   * Syncs a folder. This requires a channel; if an interrupt closes it, the sync is repeated with
   * another one.
   */
  private static void syncFolder(Path folder) {
    boolean interrupted = Thread.interrupted();
    try {
      while (!trySync(folder)) {
        interrupted |= Thread.interrupted();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Tries to sync a folder; returns false if an interrupt closed the channel. */
  private static boolean trySync(Path folder) {
    try (FileChannel f = FileChannel.open(folder, StandardOpenOption.READ)) {
      f.force(true);
    } catch (ClosedByInterruptException e) {
      return false;
    } catch (IOException e) {
      // Windows cannot open a folder; the rename itself has succeeded
    }
    return true;
  }
}

package dev.quern.io.file;

import dev.quern.error.NotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
 * Replaces a file as a whole: the content goes to a temporary file in the same folder, to the disk,
 * and only then under its name. Whoever reads the name sees the old content or the new, after a
 * crash too. An interrupted thread writes as any other and stays interrupted.
 */
public final class AtomicFile {
  /** A process number tells no two containers apart: each first process is number 1. */
  private static final SecureRandom RANDOM = new SecureRandom();

  private static final int RANDOM_BYTES = 16;

  /** The random part follows it, and a name may have 255 bytes. */
  private static final int LONGEST_PART = 50;

  /** Earlier releases put the process's number and a count in the place of the random part. */
  private static final Pattern TEMPORARY =
      Pattern.compile("\\.(.+)\\.([0-9a-f]{32}|\\d{1,18}-\\d{1,18})\\.tmp");

  /** Writes the content; what it throws leaves the old file as it was. */
  @FunctionalInterface
  public interface Body {
    void write(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Writes a file, over an older one if there is one.
   *
   * @throws NotFoundException if its folder is missing
   */
  public static void write(String operation, Path file, Body body) {
    write(operation, file, body, written -> {});
  }

  /**
   * Writes a file that is checked before it gets its name.
   *
   * @param check check of the temporary file; if it throws, the old file is unchanged
   */
  public static void write(String operation, Path file, Body body, Consumer<Path> check) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.exists(folder)) {
      throw new NotFoundException(operation + ": " + file + ": its folder does not exist");
    }
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

  /** By a stream, since an interrupt closes a channel under its writer. */
  private static void fill(Path temporary, Body body) throws IOException {
    Files.createFile(temporary);
    try (FileOutputStream out = new FileOutputStream(temporary.toFile())) {
      body.write(out);
      out.getFD().sync();
    }
  }

  /**
   * Renames within one folder or file system, over what was there, and makes the new name durable.
   */
  public static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(to.toAbsolutePath().getParent());
  }

  /** A name that no other writer uses, in whatever container. */
  public static Path temporary(Path file) {
    return file.resolveSibling("." + part(file) + "." + random() + ".tmp");
  }

  private static String part(Path file) {
    String name = file.getFileName().toString();
    return name.substring(0, Math.min(name.length(), LONGEST_PART));
  }

  /**
   * Existing temporary files of a file, by the names that {@link #temporary} gives, of any writer.
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

  /** 128 random bits, in hexadecimal digits. */
  public static String random() {
    byte[] bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /**
   * Deletes what writers left in a folder that were killed. The caller holds the folder's {@code
   * FolderLock}, so that none of these files has a writer that lives.
   *
   * @param names of the files that only the lock's holder writes
   */
  public static void sweep(Path folder, Predicate<String> names) throws IOException {
    for (Path p : temporaries(folder, names)) {
      Files.deleteIfExists(p);
    }
  }

  /** Only a channel syncs a folder; where an interrupt closes it, the next one does it. */
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

  /** False where an interrupt came in between. */
  private static boolean trySync(Path folder) {
    try (FileChannel f = FileChannel.open(folder, StandardOpenOption.READ)) {
      f.force(true);
    } catch (ClosedByInterruptException e) {
      return false;
    } catch (IOException e) {
      // Windows opens no folder; the rename itself has succeeded
    }
    return true;
  }
}

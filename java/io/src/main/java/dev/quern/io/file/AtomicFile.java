package dev.quern.io.file;

import dev.quern.error.NotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Replaces a file as a whole: the content goes to a temporary file in the same folder, to the disk,
 * and only then under its name. Whoever reads the name sees the old content or the new, after a
 * crash too.
 */
public final class AtomicFile {
  private static final AtomicLong COUNTER = new AtomicLong();
  private static final Pattern TEMPORARY = Pattern.compile("\\..+\\.(\\d{1,18})-\\d+\\.tmp");

  /** Writes the content; what it throws leaves the old file as it was. */
  @FunctionalInterface
  public interface Body {
    void write(FileChannel out) throws IOException;
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
   * Writes a file that is looked at once more before it gets its name.
   *
   * @param check of the temporary file; what it throws leaves the old file as it was
   */
  public static void write(String operation, Path file, Body body, Consumer<Path> check) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.exists(folder)) {
      throw new NotFoundException(operation + ": " + file + ": its folder does not exist");
    }
    Path temporary = temporary(file.toAbsolutePath());
    try {
      try {
        try (FileChannel out = create(temporary)) {
          body.write(out);
          out.force(true);
        }
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
   * Renames within one folder or file system, over what was there, and makes the new name durable.
   */
  public static void move(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    syncFolder(to.toAbsolutePath().getParent());
  }

  /** Writes all that remains in {@code bytes}. */
  public static void writeFully(FileChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }

  /** A name that no other writer of this or another process uses. */
  private static Path temporary(Path file) {
    long process = ProcessHandle.current().pid();
    return file.resolveSibling(
        "." + file.getFileName() + "." + process + "-" + COUNTER.incrementAndGet() + ".tmp");
  }

  /**
   * Deletes what writers left in a folder that were killed: temporary files of processes that are
   * no more.
   */
  public static void sweep(Path folder) throws IOException {
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, ".*.tmp")) {
      for (Path p : all) {
        Matcher m = TEMPORARY.matcher(p.getFileName().toString());
        if (m.matches() && ProcessHandle.of(Long.parseLong(m.group(1))).isEmpty()) {
          Files.deleteIfExists(p);
        }
      }
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void syncFolder(Path folder) {
    try (FileChannel f = FileChannel.open(folder, StandardOpenOption.READ)) {
      f.force(true);
    } catch (IOException e) {
      // Windows opens no folder; the rename itself has succeeded
    }
  }
}

package dev.quern.cli.run;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The entry {@code latest} in a folder of runs, which points to the newest run: a symbolic link, or
 * on file systems without links a text file with the run's name. Commands follow both.
 */
final class Latest {
  static final String NAME = "latest";

  /** A file name has no more. */
  private static final long MOST_BYTES = 255;

  /** Names that it may point to: an entry beside it, never outside the folder. */
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Latest() {}

  /** A path with each {@code latest} replaced by the run that it points to. */
  static Path follow(Path path) {
    Path done = path.getRoot() == null ? Path.of("") : path.getRoot();
    for (Path element : path) {
      Optional<Path> run = element.toString().equals(NAME) ? of(done) : Optional.empty();
      done = run.orElse(done.resolve(element));
    }
    return done;
  }

  /** The run that {@code latest} in this folder leads to, there or not; empty without one. */
  static Optional<Path> of(Path folder) {
    try {
      return name(folder.resolve(NAME)).filter(n -> RUN.matcher(n).matches()).map(folder::resolve);
    } catch (IOException e) {
      return Optional.empty(); // a file that was not written by this class
    }
  }

  private static Optional<String> name(Path latest) throws IOException {
    if (Files.isSymbolicLink(latest)) {
      return Optional.of(Files.readSymbolicLink(latest).toString());
    }
    return Files.isRegularFile(latest) && Files.size(latest) <= MOST_BYTES
        ? Optional.of(Files.readString(latest).strip())
        : Optional.empty();
  }

  /** Makes {@code latest} beside a run lead to it; not where a folder has that name. */
  static void lead(Path run) throws IOException {
    Path fresh = fresh(run);
    try {
      Files.createSymbolicLink(fresh, run.getFileName());
    } catch (UnsupportedOperationException | FileSystemException e) {
      leadByFile(run);
      return;
    }
    rename(fresh);
  }

  /** Writes the text file, for file systems without symbolic links. */
  static void leadByFile(Path run) throws IOException {
    Path fresh = fresh(run);
    Files.writeString(fresh, run.getFileName() + "\n");
    rename(fresh);
  }

  /** A run's name is its own, and so is this one. */
  private static Path fresh(Path run) {
    return run.resolveSibling("." + NAME + "." + run.getFileName());
  }

  private static void rename(Path fresh) throws IOException {
    try {
      Files.move(fresh, fresh.resolveSibling(NAME), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  /** Takes back {@link #lead}, unless another run has led it elsewhere since. */
  static void back(Path run, Optional<Path> before) throws IOException {
    if (of(run.getParent()).equals(Optional.of(run))) {
      if (before.isPresent()) {
        lead(before.get());
      } else {
        Files.deleteIfExists(run.resolveSibling(NAME));
      }
    }
  }
}

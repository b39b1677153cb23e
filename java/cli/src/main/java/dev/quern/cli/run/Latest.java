package dev.quern.cli.run;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The entry {@code latest} in a folder of runs, which points to the newest run: a symbolic link or,
 * on file systems without links, a text file with the run's name. Commands resolve both forms.
 */
final class Latest {
  static final String NAME = "latest";

  /** Maximum length of a file name, and so of the text file, in bytes. */
  private static final long MOST_BYTES = 255;

  /** Names that {@code latest} may point to: only entries of the same folder. */
  private static final Pattern RUN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

  private Latest() {}

  /** Returns a path with each {@code latest} replaced by the run that it points to. */
  static Path follow(Path path) {
    Path done = path.getRoot() == null ? Path.of("") : path.getRoot();
    for (Path element : path) {
      Optional<Path> run = element.toString().equals(NAME) ? of(done) : Optional.empty();
      done = run.orElse(done.resolve(element));
    }
    return done;
  }

  /**
   * Returns the run that {@code latest} in this folder points to; empty without {@code latest}. The
   * run need not exist.
   */
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

  /**
   * Makes {@code latest}, next to a run's folder, point to the run; fails if {@code latest} is a
   * folder.
   */
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

  /** Makes {@code latest} a text file that points to a run, as on file systems without links. */
  static void leadByFile(Path run) throws IOException {
    Path fresh = fresh(run);
    Files.writeString(fresh, run.getFileName() + "\n");
    rename(fresh);
  }

  /**
   * Returns a temporary path next to a run's folder; it is unique because it contains the run's
   * name.
   */
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

  /** Undoes {@link #lead}, unless {@code latest} points to another run by now. */
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

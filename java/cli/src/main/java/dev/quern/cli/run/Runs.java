package dev.quern.cli.run;

import dev.quern.error.NotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Default folders of runs: {@code runs/NAME/DATE}, and {@code runs/NAME/latest}, which points to
 * the newest run. NAME consists of network and data set; DATE is in local time.
 */
public final class Runs {
  public static final String ROOT = "runs";

  /**
   * Format of folder names: they sort by time and contain no colon, which Windows does not allow.
   */
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH-mm-ss", Locale.ROOT);

  private Runs() {}

  /** Returns {@code runs/NAME}, the folder of all runs with this network and data set. */
  public static Path named(String network, String data) {
    return Path.of(ROOT, (network + "-" + data).replaceAll("[^A-Za-z0-9._-]", "_"));
  }

  /**
   * Creates the folder of a new run in {@code name} and makes {@code latest} point to the new
   * folder. If the run ends without results, the folder is deleted and {@code latest} is restored.
   */
  static RunFolder begin(Path name) {
    Optional<Path> before = Latest.of(name);
    Path folder;
    try {
      folder = make(name, LocalDateTime.now());
    } catch (IOException e) {
      throw RunFolder.unwritable(name, e);
    }
    RunFolder run = RunFolder.prepare(folder, () -> removeIfEmpty(folder, before));
    try {
      Latest.lead(folder);
      return run;
    } catch (IOException e) {
      run.close();
      throw RunFolder.unwritable(name.resolve(Latest.NAME), e);
    }
  }

  private static void removeIfEmpty(Path folder, Optional<Path> before) {
    try {
      Files.deleteIfExists(RunFolder.checkpoints(folder));
      Files.deleteIfExists(folder.resolve(RunFolder.CONFIG));
      Files.delete(folder);
      Latest.back(folder, before);
    } catch (IOException e) {
      // usually, the folder is not empty because the run has results
    }
  }

  /**
   * Creates a folder named after the time; if that folder exists, appends a counter to the name.
   */
  static Path make(Path name, LocalDateTime now) throws IOException {
    Files.createDirectories(name);
    String date = DATE.format(now);
    Path folder = name.resolve(date);
    for (int i = 2; !isMade(folder); i++) {
      folder = name.resolve(date + "-" + i);
    }
    return folder;
  }

  private static boolean isMade(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /**
   * Returns the folder itself if it is a run's folder, otherwise the newest run below it. The
   * folder may be {@code runs/NAME}, or {@code runs} with several folders NAME.
   *
   * @throws NotFoundException if there is no run
   */
  public static Path newest(Path folder) {
    return RunFolder.isRun(folder)
        ? folder
        : newestIn(folder)
            .orElseThrow(
                () -> new NotFoundException("train: no run found in " + folder + " to resume"));
  }

  /** Returns the newest run in a folder; empty without runs. */
  static Optional<Path> newestIn(Path folder) {
    return Latest.of(folder).or(() -> newestOfNames(folder));
  }

  private static Optional<Path> newestOfNames(Path root) {
    List<Path> all = new ArrayList<>();
    try (DirectoryStream<Path> names = Files.newDirectoryStream(root, Files::isDirectory)) {
      names.forEach(name -> Latest.of(name).filter(Files::isDirectory).ifPresent(all::add));
    } catch (IOException | DirectoryIteratorException e) {
      return Optional.empty();
    }
    return all.stream().max(Comparator.comparing(Path::getFileName));
  }
}

package dev.quern.cli.serve;

import dev.quern.cli.process.Failures;
import dev.quern.io.file.FileErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * A folder of model files that is watched. An error in a file is reported once until the file
 * changes, and the previous model stays in service.
 */
final class ServedFolder {
  /** A file's content, as far as its folder tells. A file moved over another has another key. */
  private record Stamp(long bytes, FileTime changed, Object key) {}

  private final Path folder;
  private final ServedModels models;
  private final PrintWriter out;
  private final PrintWriter err;

  /** Files that were deployed or failed. */
  private final Map<Path, Stamp> done = new HashMap<>();

  /** Files seen by the previous check. */
  private Map<Path, Stamp> before = Map.of();

  private String problem;

  ServedFolder(Path folder, ServedModels models, CommandLine line) {
    this.folder = folder;
    this.models = models;
    out = line.getOut();
    err = line.getErr();
  }

  /**
   * Deploys all that can be read.
   *
   * @return how many
   */
  int begin() {
    try {
      before = list();
    } catch (IOException e) {
      throw FileErrors.of("serve", folder, e);
    }
    int count = 0;
    for (Path file : before.keySet()) {
      count += deploy(file, before.get(file)) > 0 ? 1 : 0;
    }
    return count;
  }

  /** Deploys what is new or changed, and removes what is gone. */
  void look() {
    Map<Path, Stamp> now;
    try {
      now = list();
      problem = null;
    } catch (IOException e) {
      String reason = FileErrors.of("serve", folder, e).getMessage();
      if (!reason.equals(problem)) {
        problem = reason;
        Failures.line(err, reason);
        err.flush();
      }
      return;
    }
    for (Path gone : List.copyOf(done.keySet())) {
      if (!now.containsKey(gone)) {
        remove(gone);
      }
    }
    now.forEach(
        (file, stamp) -> {
          // one that changed since the look before may still be written
          if (!stamp.equals(done.get(file)) && stamp.equals(before.get(file))) {
            say(file, deploy(file, stamp));
          }
        });
    before = now;
  }

  private Map<Path, Stamp> list() throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(ModelSource::isModel).forEach(files::add);
    }
    Map<Path, Stamp> stamps = new TreeMap<>();
    for (Path file : files) {
      try {
        BasicFileAttributes a = Files.readAttributes(file, BasicFileAttributes.class);
        stamps.put(file, new Stamp(a.size(), a.lastModifiedTime(), a.fileKey()));
      } catch (NoSuchFileException e) {
        // it went meanwhile
      }
    }
    return stamps;
  }

  /**
   * @return the version, 0 if it could not be
   */
  private int deploy(Path file, Stamp stamp) {
    done.put(file, stamp);
    try {
      return models.deploy(ModelSource.of(file));
    } catch (RuntimeException | OutOfMemoryError e) { // the others are served all the same
      String reason = Failures.reason(e);
      boolean named = reason.contains(file.toString());
      Failures.line(err, named ? reason : "serve: " + file + ": " + reason);
      err.flush();
      return 0;
    }
  }

  private void say(Path file, int version) {
    if (version > 0) {
      out.println(ModelSource.of(file).name() + ": version " + version);
      out.flush();
    }
  }

  private void remove(Path file) {
    done.remove(file);
    ModelSource source = ModelSource.of(file);
    if (models.remove(source)) {
      out.println(source.name() + ": removed");
      out.flush();
      // another file may have waited for the name
      done.keySet().removeIf(f -> ModelSource.of(f).name().equals(source.name()));
    }
  }
}

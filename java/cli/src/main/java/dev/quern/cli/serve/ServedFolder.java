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
 * A watched folder of model files. An error in a file is reported once, until the file changes, and
 * the server continues to serve the previous model.
 */
final class ServedFolder {
  /**
   * Metadata by which changes of a file are recognized. The key changes if another file replaces
   * the file.
   */
  private record Stamp(long bytes, FileTime changed, Object key) {}

  private final Path folder;
  private final ServedModels models;
  private final PrintWriter out;
  private final PrintWriter err;

  /** Files that were deployed or could not be read, each with its metadata at that time. */
  private final Map<Path, Stamp> done = new HashMap<>();

  /** Files of the folder at the previous check. */
  private Map<Path, Stamp> before = Map.of();

  private String problem;

  ServedFolder(Path folder, ServedModels models, CommandLine line) {
    this.folder = folder;
    this.models = models;
    out = line.getOut();
    err = line.getErr();
  }

  /**
   * Deploys all files in the folder that can be read as models.
   *
   * @return the number of deployed models
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

  /** Checks the folder: deploys new and changed files, and removes the models of deleted files. */
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
          // a file that has changed since the previous check may still be incomplete
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
        // deleted in the meantime
      }
    }
    return stamps;
  }

  /**
   * Deploys a file's model; a failure is reported on standard error.
   *
   * @return the model's version; 0 on failure
   */
  private int deploy(Path file, Stamp stamp) {
    done.put(file, stamp);
    try {
      return models.deploy(ModelSource.of(file));
    } catch (RuntimeException | OutOfMemoryError e) { // other files are not affected
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
      // retry other files that failed because this one had the name
      done.keySet().removeIf(f -> ModelSource.of(f).name().equals(source.name()));
    }
  }
}

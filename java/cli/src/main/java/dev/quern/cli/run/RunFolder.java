package dev.quern.cli.run;

import dev.quern.cli.process.Failures;
import dev.quern.error.FileAccessException;
import dev.quern.error.QuernException;
import dev.quern.internal.messages.FileReason;
import dev.quern.io.FolderLock;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import dev.quern.train.History;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The folder of a training run: {@code model.safetensors}, {@code config.json}, {@code history.csv}
 * with one line per epoch, {@code report.html} with {@code report.json}, and {@code checkpoints}.
 * The folder is locked from the start to the end of the run.
 */
public final class RunFolder implements AutoCloseable {
  private static final String OPERATION = "train";

  /** The file that {@code --config} reads. */
  static final String CONFIG = "config.json";

  private static final String HEADER =
      "epoch,loss,accuracy,seconds,images_per_second,validation_loss,validation_accuracy\n";

  private static final Pattern CHECKPOINT = Pattern.compile("(checkpoint-\\d+|best)\\.safetensors");

  private final Path folder;
  private final Path model;
  private final Path history;
  private final Path report;
  private final Path reportData;
  private final Path config;
  private final FolderLock lock;
  private final Runnable atEnd;
  private boolean begun;
  private boolean closed;

  private RunFolder(Path folder, Runnable atEnd) {
    this.folder = folder;
    this.atEnd = atEnd;
    model = folder.resolve("model.safetensors");
    history = folder.resolve("history.csv");
    report = folder.resolve("report.html");
    reportData = folder.resolve("report.json");
    config = folder.resolve(CONFIG);
    lock = FolderLock.take(OPERATION, folder, this);
  }

  /** Returns whether a folder is the folder of one run, rather than a folder of several runs. */
  public static boolean isRun(Path folder) {
    return Files.isDirectory(checkpoints(folder));
  }

  /** Returns the message for a run that cannot be resumed. */
  public static String withoutCheckpoint(Path folder) {
    Path config = folder.resolve(CONFIG);
    return OPERATION
        + ": no checkpoint found in "
        + checkpoints(folder)
        + (Files.exists(config)
            ? "; start the run again with quern train --config " + config + " --out " + folder
            : "");
  }

  public static Path checkpoints(Path folder) {
    return folder.resolve("checkpoints");
  }

  /**
   * Creates the folder if it is missing, and locks it.
   *
   * @throws dev.quern.io.FolderInUseException if another run writes to the folder
   * @throws QuernException if files of the run cannot be written
   */
  public static RunFolder prepare(Path folder) {
    return prepare(folder, () -> {});
  }

  /**
   * Creates the folder if it is missing, and locks it.
   *
   * @param atEnd called after the folder is unlocked
   */
  static RunFolder prepare(Path folder, Runnable atEnd) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw unwritable(folder, new IOException("not a folder"));
    }
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".quern", ".probe"));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    RunFolder run = new RunFolder(folder, atEnd);
    try {
      run.requireWritable();
      run.lock.sweep(run::isOwn);
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
    return run;
  }

  /**
   * Returns whether the file with this name is replaced as a whole, by means of a temporary file.
   */
  private boolean isOwn(String name) {
    return Stream.of(model, report, reportData).anyMatch(f -> f.endsWith(name));
  }

  private void requireWritable() {
    for (Path file : new Path[] {model, history, config, report, reportData}) {
      if (Files.exists(file) && (!Files.isRegularFile(file) || !Files.isWritable(file))) {
        throw unwritable(file, new IOException("not a writable file"));
      }
    }
  }

  static QuernException unwritable(Path file, IOException e) {
    return new FileAccessException(
        OPERATION + ": cannot write to " + file + ": " + FileReason.ofWriting(file, e), e);
  }

  /** Returns the files of an earlier run in this folder, relative to the folder. */
  List<Path> left() {
    List<Path> all = new ArrayList<>();
    Path kept = checkpoints(folder);
    try (Stream<Path> files = Files.isDirectory(kept) ? Files.list(kept) : Stream.empty()) {
      files.filter(f -> CHECKPOINT.matcher(f.getFileName().toString()).matches()).forEach(all::add);
    } catch (IOException | UncheckedIOException e) {
      throw new FileAccessException(
          OPERATION + ": cannot read " + kept + ": " + Failures.reason(e), e);
    }
    Stream.of(history, model, report, reportData).filter(Files::exists).forEach(all::add);
    return all.stream().sorted().map(folder::relativize).toList();
  }

  /**
   * Returns whether an earlier run failed before its first checkpoint, so that the folder contains
   * only a history.
   */
  boolean isAborted() {
    return isRun(folder) && left().equals(List.of(folder.relativize(history)));
  }

  /** Deletes the files of an earlier run in this folder. */
  void clear() {
    for (Path file : left()) {
      try {
        Files.deleteIfExists(folder.resolve(file));
      } catch (IOException e) {
        throw unwritable(folder.resolve(file), e);
      }
    }
  }

  /** Writes the configuration of the run. */
  public void configure(String json) {
    try {
      Files.writeString(config, json);
    } catch (IOException e) {
      throw unwritable(config, e);
    }
  }

  public Path folder() {
    return folder;
  }

  public Path model() {
    return model;
  }

  public Path history() {
    return history;
  }

  /** Returns the file of the report. */
  public Path report() {
    return report;
  }

  /** Returns the file from which {@code quern report} rebuilds the report. */
  public Path reportData() {
    return reportData;
  }

  /** Rewrites the history of an interrupted run before the run is resumed. */
  public void goOn(TrainingState.Fit fitOrNull) {
    if (fitOrNull != null) {
      fitOrNull.done().forEach(this::add);
    }
  }

  /**
   * Appends a line for an epoch to the history, in a single write, so that readers of the file see
   * only complete lines.
   */
  public void add(History.Epoch e) {
    String line =
        String.format(
            Locale.ROOT,
            "%d,%s,%s,%.3f,%.1f,%s,%s\n",
            e.epoch(),
            e.loss(),
            accuracy(e.accuracy()),
            e.seconds(),
            e.imagesPerSecond(),
            e.validation().map(v -> "" + v.loss()).orElse(""),
            e.validation().map(v -> accuracy(v.accuracy())).orElse(""));
    byte[] bytes = ((begun ? "" : HEADER) + line).getBytes(StandardCharsets.UTF_8);
    OpenOption mode = begun ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    try {
      Files.write(history, bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode);
    } catch (IOException x) {
      throw unwritable(history, x);
    }
    begun = true;
  }

  /** Returns an accuracy as text; empty for NaN, which means that the loss has no accuracy. */
  private static String accuracy(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }

  /** Unlocks the folder; further calls have no effect. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      lock.close();
      atEnd.run();
    }
  }

  public void save(ModelData data) {
    ModelFile.save(model, data);
  }
}

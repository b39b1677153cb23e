package dev.quern.cli;

import dev.quern.error.QuernException;
import dev.quern.io.FileAccessException;
import dev.quern.io.FolderLock;
import dev.quern.io.ModelFile;
import dev.quern.predict.ModelData;
import dev.quern.train.History;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/**
 * The folder that a training run leaves: {@code model.safetensors}, and {@code history.csv} with a
 * line an epoch. Older ones are replaced, the history when the first epoch is done. One run holds
 * it at a time, from before its first look at the folder until its end.
 */
final class RunFolder implements AutoCloseable {
  private static final String OPERATION = "train";

  private static final String HEADER =
      "epoch,loss,accuracy,seconds,images_per_second,validation_loss,validation_accuracy\n";

  private final Path model;
  private final Path history;
  private final FolderLock lock;
  private boolean begun;
  private boolean closed;

  private RunFolder(Path folder) {
    model = folder.resolve("model.safetensors");
    history = folder.resolve("history.csv");
    lock = FolderLock.take(OPERATION, folder, this);
  }

  /**
   * Makes the folder if it is missing, and takes it.
   *
   * @throws dev.quern.io.FolderInUseException if another run writes to it
   * @throws QuernException if its files could not be written, so that nobody trains in vain
   */
  static RunFolder prepare(Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw unwritable(folder, new IOException("not a folder"));
    }
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".quern", ".probe"));
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    RunFolder run = new RunFolder(folder);
    try {
      run.requireWritable();
      run.lock.sweep(run.model.getFileName().toString()::equals);
    } catch (RuntimeException e) {
      run.close();
      throw e;
    }
    return run;
  }

  private void requireWritable() {
    for (Path file : new Path[] {model, history}) {
      if (Files.exists(file) && (!Files.isRegularFile(file) || !Files.isWritable(file))) {
        throw unwritable(file, new IOException("not a file that may be written"));
      }
    }
  }

  private static QuernException unwritable(Path file, IOException e) {
    return new FileAccessException(
        OPERATION + ": cannot write to " + file + ": " + Failures.reason(e), e);
  }

  Path model() {
    return model;
  }

  Path history() {
    return history;
  }

  /** Writes the history of an interrupted run anew, to go on from there. */
  void goOn(TrainingState.Fit fitOrNull) {
    if (fitOrNull != null) {
      fitOrNull.done().forEach(this::add);
    }
  }

  /** Adds an epoch's line, in one write, so that the file has whole lines whenever it is read. */
  void add(History.Epoch e) {
    String line =
        String.format(
            Locale.ROOT,
            "%d,%s,%s,%.3f,%.1f,%s,%s\n",
            e.epoch(),
            e.loss(),
            e.accuracy(),
            e.seconds(),
            e.imagesPerSecond(),
            e.validation().map(v -> "" + v.loss()).orElse(""),
            e.validation().map(v -> "" + v.accuracy()).orElse(""));
    byte[] bytes = ((begun ? "" : HEADER) + line).getBytes(StandardCharsets.UTF_8);
    OpenOption mode = begun ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING;
    Unbroken.run(
        () -> {
          try {
            Files.write(history, bytes, StandardOpenOption.CREATE, StandardOpenOption.WRITE, mode);
          } catch (IOException x) {
            throw unwritable(history, x);
          }
        });
    begun = true;
  }

  /** Gives the folder back; later calls do nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      lock.close();
    }
  }

  void save(ModelData data) {
    Unbroken.run(() -> ModelFile.save(model, data));
  }
}

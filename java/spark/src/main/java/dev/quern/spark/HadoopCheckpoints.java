package dev.quern.spark;

import dev.quern.error.FileAccessException;
import dev.quern.io.Checkpoint;
import dev.quern.io.Checkpoints;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A listener that writes a checkpoint after each epoch to a folder on any Hadoop file system,
 * replacing the previous checkpoint.
 */
final class HadoopCheckpoints implements TrainingListener {
  private static final String FILE = "checkpoint.safetensors";

  private final String folder;
  private final Configuration hadoop;
  private final Trainer trainer;

  /**
   * Creates the listener.
   *
   * @param folder the folder for the checkpoint; empty to write none
   */
  HadoopCheckpoints(String folder, Configuration hadoop, Trainer trainer) {
    this.folder = folder;
    this.hadoop = hadoop;
    this.trainer = trainer;
  }

  private interface Work {
    void in(FileSystem files, Path file, java.nio.file.Path local) throws IOException;
  }

  /** Restores the trainer from the checkpoint in the folder, if there is one. */
  void restore() {
    with(
        (files, file, local) -> {
          if (files.exists(file)) {
            java.nio.file.Path copy = local.resolve("checkpoint-1.safetensors");
            files.copyToLocalFile(false, file, new Path(copy.toUri()), true);
            Checkpoint kept = Checkpoints.in(local).latest();
            trainer.restore(kept.state());
          }
        });
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    with(
        (files, file, local) -> {
          java.nio.file.Path written = Checkpoints.in(local).save(trainer);
          Path next = new Path(folder, FILE + ".next");
          files.copyFromLocalFile(false, true, new Path(written.toUri()), next);
          files.delete(file, false);
          if (!files.rename(next, file)) {
            throw new IOException("it cannot be renamed from " + next);
          }
        });
  }

  private void with(Work work) {
    if (folder.isEmpty()) {
      return;
    }
    Path file = new Path(folder, FILE);
    try {
      java.nio.file.Path local = Files.createTempDirectory("quern-spark");
      try {
        work.in(file.getFileSystem(hadoop), file, local);
      } finally {
        delete(local);
      }
    } catch (IOException e) {
      throw new FileAccessException("spark: checkpoint " + file + ": " + e.getMessage(), e);
    }
  }

  private static void delete(java.nio.file.Path folder) throws IOException {
    try (var all = Files.walk(folder)) {
      for (java.nio.file.Path p : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(p);
      }
    }
  }
}

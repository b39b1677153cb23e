package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.FileErrors;
import dev.quern.metric.Goal;
import dev.quern.train.EarlyStopping;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A folder of checkpoints: the last few, each in a file {@code checkpoint-STEPS.safetensors}, and
 * the best one in {@code best.safetensors}. A checkpoint is written to a temporary file, verified
 * by reading it back, synced to the disk and renamed, so a file with its final name is always
 * complete. If the process is killed while writing, the previous checkpoint remains.
 *
 * <pre>{@code
 * Checkpoints checkpoints = Checkpoints.in(Path.of("runs/mine")).everySteps(500);
 * if (!checkpoints.isEmpty()) {
 *   trainer.restore(checkpoints.latest().state());
 * }
 * trainer.fit(train, 30, checkpoints.of(trainer));
 * }</pre>
 *
 * Only one run at a time may write to a folder. The listener of {@link #of} locks the file {@code
 * .quern.lock} in the folder during fit; {@link #save} locks it while it writes. A trainer that
 * cannot get the lock throws a {@link FolderInUseException}. The system releases the lock when the
 * process ends; reading requires no lock. Not thread-safe.
 */
public final class Checkpoints {
  private static final String OPERATION = "checkpoint";
  private static final String PREFIX = "checkpoint-";
  private static final String SUFFIX = ".safetensors";

  /** The pattern of file names that only the holder of the folder's lock writes. */
  private static final Pattern OWN = Pattern.compile("(checkpoint-\\d+|best)\\.safetensors");

  private final Path folder;
  private final int everySteps;
  private final int keep;
  private final Map<String, String> info;
  private final Consumer<String> warnings;
  private final Goal goal;

  private Checkpoints(
      Path folder,
      int everySteps,
      int keep,
      Map<String, String> info,
      Consumer<String> warnings,
      Goal goal) {
    this.folder = folder;
    this.everySteps = everySteps;
    this.keep = keep;
    this.info = info;
    this.warnings = warnings;
    this.goal = goal;
  }

  /**
   * Returns the checkpoints of a folder, which is created when the first checkpoint is written. By
   * default, a checkpoint is written after each epoch, and the last 2 are kept.
   */
  public static Checkpoints in(Path folder) {
    Require.present(OPERATION, "folder", folder);
    return new Checkpoints(folder, 0, 2, Map.of(), message -> {}, Goal.LOSS);
  }

  /**
   * Also writes a checkpoint every {@code steps} training steps; by default, or with 0, checkpoints
   * are written only after epochs.
   */
  public Checkpoints everySteps(int steps) {
    if (steps < 0) {
      throw new InvalidArgumentException("checkpoint: everySteps " + steps + " must be at least 0");
    }
    return new Checkpoints(folder, steps, keep, info, warnings, goal);
  }

  /** Sets how many checkpoints are kept in addition to the best one; default 2. */
  public Checkpoints keep(int count) {
    if (count < 1) {
      throw new InvalidArgumentException("checkpoint: keep " + count + " must be at least 1");
    }
    return new Checkpoints(folder, everySteps, count, info, warnings, goal);
  }

  /** Sets metadata that is stored in each checkpoint, in addition to facts about the engine. */
  public Checkpoints info(Map<String, String> entries) {
    Map<String, String> copy = Map.copyOf(Require.all(OPERATION, "info", entries));
    return new Checkpoints(folder, everySteps, keep, copy, warnings, goal);
  }

  /**
   * Sets the validation metric that selects the best checkpoint; default {@link Goal#LOSS}. Without
   * a validation set, the training loss selects the best checkpoint.
   */
  public Checkpoints by(Goal best) {
    Require.present(OPERATION, "goal", best);
    return new Checkpoints(folder, everySteps, keep, info, warnings, best);
  }

  /** Sets the receiver of warnings about the damaged checkpoints that {@link #latest} skips. */
  public Checkpoints warnings(Consumer<String> listener) {
    Require.present(OPERATION, "listener", listener);
    return new Checkpoints(folder, everySteps, keep, info, listener, goal);
  }

  public Path folder() {
    return folder;
  }

  /** Returns the file of the best checkpoint of the run, by the metric of {@link #by}. */
  public Path best() {
    return folder.resolve("best" + SUFFIX);
  }

  /**
   * Returns a listener that writes checkpoints of this trainer: every {@link #everySteps} steps,
   * after each epoch, and when fit is stopped. If another run has locked the folder, fit throws
   * {@link FolderInUseException} before its first training step.
   *
   * @throws dev.quern.error.InvalidArgumentException if the network has a {@link
   *     dev.quern.layer.CustomLayer} that is not registered with {@link Codecs}
   */
  public TrainingListener of(Trainer trainer) {
    return of(trainer, new TrainingListener() {});
  }

  /**
   * Returns a listener that calls {@code first}, then writes checkpoints of this trainer like
   * {@link #of(Trainer)}.
   */
  public TrainingListener of(Trainer trainer, TrainingListener first) {
    Require.present(OPERATION, "trainer", trainer);
    Require.present(OPERATION, "listener", first);
    NetworkJson.write(trainer.network()); // fails now rather than after the first epoch
    return new CheckpointListener(this, trainer, first);
  }

  /**
   * Writes a checkpoint, then deletes the oldest checkpoints beyond the number set by {@link
   * #keep}.
   *
   * @return the checkpoint's file
   * @throws FolderInUseException if another run writes to the folder
   * @throws dev.quern.error.FileAccessException if the disk is full or the folder may not be
   *     written to; older checkpoints are unchanged
   */
  public Path save(Trainer trainer) {
    return save(trainer, Require.present(OPERATION, "trainer", trainer).state());
  }

  Path save(Trainer trainer, TrainingState state) {
    Path file =
        folder.resolve(
            String.format(Locale.ROOT, "%s%09d%s", PREFIX, state.progress().steps(), SUFFIX));
    Map<String, String> all = new TreeMap<>(info);
    all.putAll(EngineFacts.of(trainer));
    FolderLock lock = lock(trainer);
    try {
      lock.sweep(name -> OWN.matcher(name).matches());
      CheckpointFile.write(file, state, all);
      if (isBest(state.progress().fit())) {
        CheckpointFile.write(best(), state, all);
      }
      prune(file);
    } catch (DirectoryIteratorException e) {
      throw FileErrors.of(OPERATION, folder, e.getCause());
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    } finally {
      lock.close();
    }
    return file;
  }

  /** Creates the folder and locks it for the trainer, which may already hold the lock. */
  FolderLock lock(Trainer trainer) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
    return FolderLock.take(OPERATION, folder, trainer);
  }

  int everySteps() {
    return everySteps;
  }

  /**
   * Keeps {@code written} and the checkpoints before it, {@link #keep} in all, and deletes the
   * others. Newer files are deleted too: they are damaged or belong to another run.
   */
  private void prune(Path written) throws IOException {
    List<Path> files = files();
    int now = files.indexOf(written);
    for (int i = 0; i < files.size(); i++) {
      if (i > now || i <= now - keep) {
        Files.deleteIfExists(files.get(i));
      }
    }
  }

  private boolean isBest(TrainingState.Fit fit) {
    return fit != null
        && fit.step() == 0
        && !fit.done().isEmpty()
        && EarlyStopping.bestEpoch(fit.done(), goal) == fit.done().size() - 1;
  }

  /**
   * Reads the best checkpoint.
   *
   * @throws NotFoundException if no epoch has finished
   * @throws FormatException if the checkpoint's file is damaged
   */
  public Checkpoint readBest() {
    return CheckpointFile.read(best());
  }

  public boolean isEmpty() {
    return newest().isEmpty();
  }

  /** Returns the file of the newest checkpoint, which may be damaged. */
  public Optional<Path> newest() {
    List<Path> files = files();
    return files.isEmpty() ? Optional.empty() : Optional.of(files.get(files.size() - 1));
  }

  /**
   * Reads the newest complete checkpoint; damaged ones are skipped with a {@link #warnings
   * warning}.
   *
   * @throws NotFoundException if the folder contains no checkpoint
   * @throws FormatException if all checkpoints are damaged
   * @throws dev.quern.error.MemoryLimitException if a checkpoint does not fit in the free part of
   *     the JVM's heap
   */
  public Checkpoint latest() {
    for (List<Path> files = files(); !files.isEmpty(); files = files()) {
      Optional<Checkpoint> found = newestWhole(files);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw new NotFoundException(OPERATION + ": no checkpoint found in " + folder);
  }

  /**
   * Returns the newest complete checkpoint; empty if a concurrent training run has replaced all
   * listed files.
   */
  private Optional<Checkpoint> newestWhole(List<Path> files) {
    FormatException first = null;
    for (int i = files.size() - 1; i >= 0; i--) {
      try {
        return Optional.of(CheckpointFile.read(files.get(i)));
      } catch (FormatException e) {
        warnings.accept(e.getMessage());
        first = first == null ? e : first;
      } catch (NotFoundException e) {
        // a concurrent run has deleted it meanwhile
      }
    }
    if (first == null) {
      return Optional.empty();
    }
    throw new FormatException(
        OPERATION + ": every checkpoint in " + folder + " is damaged: " + first.getMessage(),
        first);
  }

  /** Returns the files of all checkpoints, oldest first. */
  private List<Path> files() {
    List<Path> all = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return all;
    }
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, PREFIX + "[0-9]*" + SUFFIX)) {
      for (Path p : found) {
        if (Files.isRegularFile(p)) {
          all.add(p);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw FileErrors.of(OPERATION, folder, e.getCause());
    } catch (IOException e) {
      throw FileErrors.of(OPERATION, folder, e);
    }
    all.sort(
        Comparator.comparingInt((Path p) -> p.getFileName().toString().length())
            .thenComparing(p -> p.getFileName().toString()));
    return all;
  }
}

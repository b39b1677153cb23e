package dev.quern.cli.run;

import dev.quern.cli.process.BadValueException;
import dev.quern.error.FileAccessException;
import dev.quern.internal.messages.FileReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options of {@code quern train} for the folder of a new run. */
public final class OutOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for model.safetensors, history.csv, report.html and checkpoints (default:"
              + " runs/NET-DATA/DATE; the link runs/NET-DATA/latest points to the newest run).")
  private Path out;

  @Option(
      names = "--overwrite",
      description = "Delete the run in the --out folder and start a new run there.")
  private boolean overwrite;

  /** Creates the options with their defaults; picocli sets their values. */
  OutOptions() {}

  /**
   * Checks that the options do not contradict each other.
   *
   * @throws BadValueException if the options contradict each other
   */
  public void requireSense() {
    if (overwrite && out == null) {
      throw new BadValueException(
          command, "--overwrite needs --out; without it, each run has a separate folder");
    }
  }

  /** Returns the requested folder; null if none is requested. */
  public Path folder() {
    return out;
  }

  /**
   * Prepares the folder of a new run.
   *
   * @param name the default folder for runs with this network and data set
   * @throws BadValueException if the requested folder contains an earlier run
   */
  public RunFolder begin(Path name) {
    if (out == null) {
      return Runs.begin(name);
    }
    RunFolder files = RunFolder.prepare(out);
    try {
      if (overwrite || files.isAborted()) {
        files.clear();
      } else {
        requireEmpty(files);
      }
      return files;
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  /**
   * Creates a folder if it is missing.
   *
   * @throws FileAccessException if the folder cannot be created
   */
  public static void make(String operation, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new FileAccessException(
          operation
              + ": cannot make "
              + folder
              + ": "
              + FileReason.ofWriting(folder.resolve("file"), e),
          e);
    }
  }

  private void requireEmpty(RunFolder files) {
    List<Path> left = files.left();
    if (!left.isEmpty()) {
      boolean resumable = left.stream().anyMatch(f -> f.getNameCount() > 1);
      throw new BadValueException(
          command,
          out
              + " contains a run already ("
              + left.stream().map(Path::toString).collect(Collectors.joining(", "))
              + "): "
              + (resumable ? "continue it with --resume " + out + ", " : "")
              + "choose another --out, or delete it with --overwrite");
    }
  }
}

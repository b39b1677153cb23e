package dev.quern.cli.data;

import dev.quern.cli.output.DownloadReport;
import dev.quern.data.Dataset;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Options for built-in data sets: the folder of their files, and whether to download them. */
public class DataFolderOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "The only folder to search for the data set (default: the folder QUERN_DATA, ./data, the"
              + " user's cache and Quern's own data, in this order).")
  private Path folder;

  @Option(
      names = "--download",
      description = "Download the data set if it is missing; only for cifar10 and cifar100.")
  private boolean download;

  /** Creates the options with their defaults; picocli sets their values. */
  public DataFolderOptions() {}

  /** Returns whether a folder or a download was requested. */
  final boolean isSought() {
    return folder != null || download;
  }

  /** Returns the command that has these options. */
  final CommandSpec command() {
    return command;
  }

  /**
   * Loads one split of a data set; a download is reported on standard error.
   *
   * @param name a name for {@link Datasets#load}
   */
  public final Dataset load(String name, Split split) {
    try (DownloadReport report = new DownloadReport(command.commandLine().getErr())) {
      return Datasets.load(name, split, folder, download, report);
    }
  }
}

package dev.quern.cli.run;

import dev.quern.cli.process.Failures;
import dev.quern.error.NotFoundException;
import dev.quern.report.RunReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code quern report}, which writes the report page of a run, or compares runs. */
@Command(
    name = "report",
    description = {
      "Writes the report page of a saved run, or a page that compares several.",
      "",
      "A comparison page has the curves of all runs in one chart, their figures, and the"
          + " options that differ. No page loads external resources: it can be shared as a single"
          + " file."
    })
public final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "RUN",
      arity = "1..*",
      description =
          "A folder that quern train wrote, or a folder of such folders, of which the newest is"
              + " used.")
  private List<Path> runs;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Page to write (default: report.html in the run's folder; for several runs"
              + " comparison.html in the current folder).")
  private Path out;

  @Override
  public Integer call() {
    List<Path> folders = runs.stream().map(ReportCommand::folder).toList();
    List<RunReport> all = folders.stream().map(RunReport::ofRun).toList();
    Path file = out;
    if (all.size() == 1) {
      file = file == null ? folders.get(0).resolve("report.html") : file;
      all.get(0).write(file);
    } else {
      file = file == null ? Path.of("comparison.html") : file;
      List<String> names = ShortNames.of(folders);
      RunReport.writeComparison(
          file,
          IntStream.range(0, all.size())
              .mapToObj(i -> all.get(i).withTitle(names.get(i)))
              .toList());
    }
    command.commandLine().getOut().println("report " + file);
    return Failures.OK;
  }

  /**
   * Returns the folder itself if it is a run's folder, otherwise the newest run in the folder. A
   * run need not have checkpoints.
   */
  private static Path folder(Path given) {
    return RunReport.isRun(given)
        ? given
        : Runs.newestIn(given)
            .orElseThrow(() -> new NotFoundException("report: no run found in " + given));
  }
}

package dev.quern.cli.train;

import dev.quern.cli.data.TrainingData;
import dev.quern.cli.process.Failures;
import dev.quern.cli.run.RunFolder;
import dev.quern.engine.Engine;
import dev.quern.error.QuernException;
import dev.quern.predict.ModelData;
import dev.quern.report.Activations;
import dev.quern.report.Curves;
import dev.quern.report.RunReport;
import dev.quern.report.RunReportBuilder;
import dev.quern.train.History;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** Options of {@code quern train} for the report. */
public final class ReportOptions {
  @Option(
      names = "--no-report",
      description =
          "Write neither report.html (curves, confusion matrix, mistakes, filters, network) nor"
              + " report.json, from which \"quern report\" rebuilds report.html.")
  private boolean without;

  /** Creates the options with their defaults; picocli sets their values. */
  public ReportOptions() {}

  boolean isAsked() {
    return !without;
  }

  /**
   * Writes the report, unless it is disabled. A failure is only reported on standard error, since
   * the model is already saved.
   *
   * @param command the command line of the run or, for a resumed run, of the original run
   */
  void write(
      RunFolder files,
      ModelData model,
      History history,
      Curves curves,
      Activations activations,
      TimeByLayer times,
      TrainingData sets,
      String command,
      Findings findings,
      TrainOutput output) {
    if (without) {
      return;
    }
    try {
      RunReportBuilder report =
          RunReport.of(model)
              .title(model.network().name() + " on " + TrainingData.name(sets.train()))
              .history(history)
              .curves(curves)
              .activations(activations)
              .evaluate("test", sets.test())
              .facts(facts(command));
      findings.ofMistakes(report.mistakes());
      report.findings(findings.all());
      times.measure(history).ifPresent(report::layerTimes);
      RunReport made = report.build();
      made.save(files.reportData());
      made.write(files.report());
      output.file("report", files.report());
    } catch (QuernException e) {
      Failures.line(output.err(), e.getMessage() + "; the model is saved, the report is not");
    }
  }

  private static Map<String, String> facts(String command) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("command", command);
    all.put("cpu", Engine.info().cpu());
    all.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    all.put(
        "written",
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).format(LocalDateTime.now()));
    return all;
  }
}

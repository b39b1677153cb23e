package dev.quern.report;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import dev.quern.predict.ModelData;
import dev.quern.report.data.RunData;
import dev.quern.report.measure.RunFolders;
import dev.quern.report.page.ComparisonPage;
import dev.quern.report.page.RunPage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The report of a training run as one HTML file without external resources: curves, confusion
 * matrix, calibration, metrics by class, a gallery of predictions, the most confident mistakes,
 * filters, the network and the run's provenance. Immutable and thread-safe.
 *
 * <pre>{@code
 * Curves curves = new Curves();
 * History history = trainer.fit(train, 5, curves);
 * RunReport.of(trainer.modelData(Map.of("seed", "1")))
 *     .history(history)
 *     .curves(curves)
 *     .evaluate("test", test)
 *     .build()
 *     .write(Path.of("report.html"));
 * }</pre>
 */
public final class RunReport {
  private static final String OPERATION = "report";

  /** The name of the report's JSON file in the folder of a run. */
  private static final String KEPT = "report.json";

  private static final int LARGEST = 64 << 20;

  private final RunData data;

  RunReport(RunData data) {
    this.data = data;
  }

  /** Returns a builder for the report of a trained model. */
  public static RunReportBuilder of(ModelData model) {
    return new RunReportBuilder(Require.present(OPERATION, "model", model));
  }

  /**
   * Loads a report that {@link #save} wrote.
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   * @throws FormatException if the file is not a report
   */
  public static RunReport load(Path file) {
    Require.present(OPERATION, "file", file);
    RunData data =
        Json.read(
            OPERATION + ": " + file, RegularFile.readText(OPERATION, file, LARGEST), RunData.class);
    if (data.version() != RunData.VERSION) {
      throw new FormatException(
          OPERATION
              + ": "
              + file
              + " has version "
              + data.version()
              + ", this release supports "
              + RunData.VERSION);
    }
    return new RunReport(data);
  }

  /**
   * Loads the report of a run from a folder that {@code quern train} wrote. The report is read from
   * {@code report.json} or, if this file is missing, created from history and model; for a run in
   * progress, from the history alone.
   *
   * @throws dev.quern.error.NotFoundException if the folder contains none of these files
   * @throws FormatException if one of the files is corrupt
   */
  public static RunReport ofRun(Path folder) {
    Require.present(OPERATION, "folder", folder);
    Path kept = folder.resolve(KEPT);
    return Files.exists(kept) ? load(kept) : new RunReport(RunFolders.read(folder));
  }

  /** Returns whether a folder contains a run that {@link #ofRun} can load. */
  public static boolean isRun(Path folder) {
    Require.present(OPERATION, "folder", folder);
    return Files.exists(folder.resolve(KEPT)) || RunFolders.isRun(folder);
  }

  /** Returns the title of the report. */
  public String title() {
    return data.title();
  }

  /** Returns a copy with another title. */
  public RunReport withTitle(String title) {
    return new RunReport(data.withTitle(Require.present(OPERATION, "title", title)));
  }

  /** Returns the HTML page. */
  public String html() {
    return RunPage.of(data);
  }

  /**
   * Writes the HTML page to a file, which is replaced if it exists.
   *
   * @throws dev.quern.error.QuernException if the file cannot be written
   */
  public void write(Path file) {
    write(file, html());
  }

  /** Saves the report's data and images as JSON, which {@link #load} reads. */
  public void save(Path file) {
    write(file, Json.write(data));
  }

  /**
   * Returns an HTML page that compares several runs: curves in common charts, metrics, and settings
   * that differ.
   *
   * @throws InvalidArgumentException if the list is empty
   */
  public static String comparison(List<RunReport> runs) {
    List<RunReport> own = new ArrayList<>(Require.present(OPERATION, "runs", runs));
    if (own.isEmpty() || own.stream().anyMatch(Objects::isNull)) {
      throw new InvalidArgumentException(
          OPERATION + (own.isEmpty() ? ": no runs to compare" : ": a run is null"));
    }
    Map<String, Integer> seen = new HashMap<>();
    List<RunData> all = new ArrayList<>();
    for (RunReport r : own) {
      int count = seen.merge(r.title(), 1, Integer::sum);
      all.add(count == 1 ? r.data : r.data.withTitle(r.title() + " (" + count + ")"));
    }
    return ComparisonPage.of(all);
  }

  /** Writes the page of {@link #comparison} to a file, which is replaced if it exists. */
  public static void writeComparison(Path file, List<RunReport> runs) {
    write(file, comparison(runs));
  }

  private static void write(Path file, String text) {
    Require.present(OPERATION, "file", file);
    AtomicFile.write(OPERATION, file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Returns a description with the report's title. */
  @Override
  public String toString() {
    return "RunReport[" + title() + "]";
  }
}

package dev.quern.report;

import dev.quern.internal.arguments.Require;
import dev.quern.io.file.AtomicFile;
import dev.quern.report.page.CurvePage;
import dev.quern.train.LearningRateCurve;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * The report of a learning-rate range test as one HTML file without external resources: the loss by
 * learning rate, and suggested learning rates. Thread-safe.
 */
public final class LearningRateReport {
  private static final String OPERATION = "learning rate report";

  private LearningRateReport() {}

  /**
   * Returns the HTML page.
   *
   * @param title the title of the page
   * @param facts facts about the test, such as network and data set, by name
   * @param curve the result of the range test
   */
  public static String html(String title, Map<String, String> facts, LearningRateCurve curve) {
    return CurvePage.of(
        Require.present(OPERATION, "title", title),
        Require.all(OPERATION, "facts", facts),
        Require.present(OPERATION, "curve", curve));
  }

  /**
   * Writes the HTML page to a file, which is replaced if it exists.
   *
   * @throws dev.quern.error.QuernException if the file cannot be written
   */
  public static void write(
      Path file, String title, Map<String, String> facts, LearningRateCurve curve) {
    Require.present(OPERATION, "file", file);
    byte[] page = html(title, facts, curve).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(OPERATION, file, out -> out.write(page));
  }
}

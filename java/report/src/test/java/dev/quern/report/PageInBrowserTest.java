package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.browser.Browser;
import dev.quern.train.LearningRateCurve;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reports as a browser shows them. */
class PageInBrowserTest {
  @TempDir Path folder;

  @Test
  void aReportShowsItsCurvesInBothSchemes() throws Exception {
    Path file = folder.resolve("report.html");
    Runs.report(4).write(file);
    try (Browser browser = Browser.open()) {
      browser.go(file.toUri().toString());
      long canvases = (Long) browser.run("return document.querySelectorAll('canvas').length");
      assertThat(canvases).isGreaterThanOrEqualTo(5);
      assertThat(browser.drawnCanvases()).isEqualTo(canvases);
      assertThat(browser.run("return document.querySelectorAll('.drawing rect').length"))
          .isEqualTo(11L);
      assertThat(
              browser.run(
                  "return [...document.images].every((i) => i.complete && i.naturalWidth > 0)"))
          .isEqualTo(true);
      Object light = browser.run("return getComputedStyle(document.body).backgroundColor");
      browser.screenshot("report-light");
      browser.dark(true);
      assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
          .isNotEqualTo(light);
      assertThat(browser.drawnCanvases()).isEqualTo(canvases);
      browser.screenshot("report-dark");
      assertThat(browser.run("return performance.getEntriesByType('resource').length"))
          .isEqualTo(0L);
      browser.hasNoErrors();
    }
  }

  @Test
  void aComparisonShowsCurvesOfAllRuns() throws Exception {
    Path file = folder.resolve("comparison.html");
    RunReport.writeComparison(
        file, List.of(Runs.report(4).withTitle("one"), Runs.report(6).withTitle("two")));
    try (Browser browser = Browser.open()) {
      browser.go(file.toUri().toString());
      assertThat(browser.drawnCanvases()).isGreaterThanOrEqualTo(5);
      assertThat((String) browser.run("return document.querySelector('.u-legend').textContent"))
          .contains("one train", "two train", "two validation");
      browser.screenshot("comparison");
      browser.hasNoErrors();
    }
  }

  /** Commands and titles wrap: neither the page nor its tables are wider than the window. */
  @Test
  void longCommandsOfAComparisonFit() throws Exception {
    Path file = folder.resolve("comparison.html");
    List<RunReport> runs = new ArrayList<>();
    for (String optimizer : List.of("sgd", "adamw", "muon")) {
      String command = "quern train --augment " + "rotation:15,".repeat(20) + " --optimizer ";
      runs.add(
          RunReport.of(Runs.model())
              .title("lenet on fashion-mnist-sample by " + optimizer)
              .history(Runs.history(3))
              .facts(Map.of("command", command + optimizer, "folder", "a/".repeat(80) + optimizer))
              .build());
    }
    RunReport.writeComparison(file, runs);
    try (Browser browser = Browser.open()) {
      browser.go(file.toUri().toString());
      assertThat(
              browser.run(
                  """
                  return [document.documentElement, ...document.querySelectorAll(".scroll")]
                      .filter((e) => e.scrollWidth > e.clientWidth).length;
                  """))
          .isEqualTo(0L);
      browser.screenshot("comparison-long");
    }
  }

  @Test
  void aRangeTestShowsItsCurve() throws Exception {
    Path file = folder.resolve("lr-find.html");
    LearningRateReport.write(file, "rates <b>", Map.of("batch", "64"), Runs.rates());
    try (Browser browser = Browser.open()) {
      browser.go(file.toUri().toString());
      assertThat(browser.drawnCanvases()).isEqualTo(1);
      assertThat((String) browser.run("return document.querySelector('.u-legend').textContent"))
          .contains("learning rate", "smoothed", "steepest", "a tenth of the lowest");
      browser.screenshot("lr-find");
      browser.hasNoErrors();
    }
  }

  /** A test that ends by its first step. Of a logarithm's axis no end is 0. */
  @Test
  void aRangeTestOfOnePointShowsIt() throws Exception {
    LearningRateCurve.Point only = new LearningRateCurve.Point(0.01, 2, 2);
    Path file = folder.resolve("one.html");
    LearningRateReport.write(
        file, "one", Map.of("batch", "64"), new LearningRateCurve(List.of(only), true));
    try (Browser browser = Browser.open()) {
      browser.go(file.toUri().toString());
      assertThat(browser.drawnCanvases()).isEqualTo(1);
      browser.hasNoErrors();
    }
  }
}

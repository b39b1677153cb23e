package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.profile.LayerTimes;
import dev.quern.profile.Pass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report's time by layer. */
class LayerTimesTest {
  @TempDir Path folder;

  private static final LayerTimes TIMES =
      new LayerTimes(
          16,
          3,
          List.of(
              new LayerTimes.Row(
                  "conv", "conv2d", "direct", List.of("<act>"), of(0.002), of(0.004)),
              new LayerTimes.Row("fc1", "linear", "", List.of(), of(0.001), of(0.0005))),
          0.0005,
          0.008,
          new Engine.Speed(1, 1));

  private static Pass of(double seconds) {
    return new Pass(seconds, 0, 0);
  }

  @Test
  void aReportHasARowForEachLayer() {
    RunReport report = RunReport.of(Runs.model()).layerTimes(TIMES).build();
    assertThat(report.html())
        .contains("<h2>Time by layer</h2>", "conv + &lt;act&gt;", "<td>2.000<td>4.000<td>75.00 %")
        .contains("<meter value=\"0.7500\">", "Medians of 3 steps of 16 samples", "takes 8.000 ms");
    Path file = folder.resolve("report.json");
    report.save(file);
    assertThat(RunReport.load(file).html()).isEqualTo(report.html());
  }

  @Test
  void aReportWithoutThemHasNoSuchSection() throws Exception {
    RunReport report = RunReport.of(Runs.model()).build();
    assertThat(report.html()).doesNotContain("Time by layer");
    Path file = folder.resolve("report.json");
    report.save(file);
    String text = Files.readString(file);
    assertThat(text).contains(",\"times\":null");
    Files.writeString(file, text.replace(",\"times\":null", "")); // of before
    assertThat(RunReport.load(file).html()).isEqualTo(report.html());
  }

  @Test
  void aStepThatTookNoTimeHasNoShares() {
    LayerTimes none = new LayerTimes(1, 1, TIMES.layers(), 0, 0, TIMES.speed());
    assertThat(RunReport.of(Runs.model()).layerTimes(none).build().html()).contains("<td>–");
  }
}

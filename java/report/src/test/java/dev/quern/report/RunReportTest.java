package dev.quern.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunReportTest {
  @TempDir Path folder;

  @Test
  void hasAllParts() {
    String html = Runs.report(3).html();
    assertThat(html)
        .contains(
            "Confusion matrix", "Calibration", "Most confident mistakes", "precision", "recall")
        .contains("Filters of the first layer", "class=\"drawing\"", "multiply-adds", "Epochs")
        .contains("Provenance", "seed", "uPlot", "prefers-color-scheme: dark")
        .contains("Expected calibration error", "validation f1 macro");
  }

  /** Names may hold markup; a page may load nothing, and run nothing but its own two scripts. */
  @Test
  void escapesNamesAndLoadsNothing() {
    String html = Runs.report(2).html();
    assertThat(html)
        .doesNotContain("<script>alert", "<b>x</b>", "<i>data", "--out </script>", "\u202e", "\0")
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "a &amp; b", "default-src 'none'");
    assertThat(html.split("<script", -1)).hasSize(4);
    Matcher links = Pattern.compile("(?:src|href)=\"(?!data:)").matcher(html);
    assertThat(links.find()).isFalse();
  }

  @Test
  void picturesAreWhatTheyShow() throws Exception {
    Dataset data = Runs.data(100);
    String html = Runs.report(1).html();
    String mistakes = html.substring(html.indexOf("class=\"gallery mistakes\""));
    Matcher m =
        Pattern.compile("base64,([^\"]+)\">.*?sample (\\d+)", Pattern.DOTALL).matcher(mistakes);
    assertThat(m.find()).isTrue();
    var image = ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(m.group(1))));
    byte[] pixels = data.image(Integer.parseInt(m.group(2)));
    assertThat(image.getWidth()).isEqualTo(28);
    for (int i = 0; i < 28 * 28; i++) {
      assertThat(image.getRaster().getSample(i % 28, i / 28, 0)).isEqualTo(pixels[i] & 0xff);
    }
  }

  /** Of 100 samples every eighth or so, right ones and wrong ones, in their order. */
  @Test
  void aGalleryShowsSamplesAndPredictions() throws Exception {
    String html = Runs.report(1).html();
    int begin = html.indexOf("class=\"gallery samples\"");
    String gallery = html.substring(begin, html.indexOf("class=\"gallery mistakes\""));
    Matcher m =
        Pattern.compile(
                "base64,([^\"]+)\"><figcaption>(.*?)<br><([bs])>(.*?)</\\3> [\\d.]+\u00a0%<")
            .matcher(gallery);
    List<String> marks = new ArrayList<>();
    for (int i = 0; m.find(); i++) {
      int sample = i * 100 / 12;
      byte[] png = Base64.getDecoder().decode(m.group(1));
      assertThat(ImageIO.read(new ByteArrayInputStream(png)).getRaster().getSample(0, 0, 0))
          .isEqualTo(Runs.data(100).image(sample)[0] & 0xff);
      if (sample % 10 == 0) {
        assertThat(m.group(2)).isEqualTo("cat");
      }
      assertThat(m.group(3)).isEqualTo(m.group(2).equals(m.group(4)) ? "b" : "s");
      marks.add(m.group(3));
    }
    assertThat(marks).hasSize(12).contains("b", "s");
  }

  @Test
  void aFileWithoutAGalleryIsRead() throws Exception {
    Path file = folder.resolve("report.json");
    Runs.report(1).save(file);
    String text = Files.readString(file);
    int at = text.indexOf(",\"gallery\":[");
    Files.writeString(file, text.substring(0, at) + text.substring(text.indexOf(']', at) + 1));
    assertThat(RunReport.load(file).html())
        .contains("class=\"gallery mistakes\"")
        .doesNotContain("class=\"gallery samples\"");
  }

  @Test
  void comesBackFromItsFile() {
    RunReport report = Runs.report(3);
    Path file = folder.resolve("report.json");
    report.save(file);
    assertThat(RunReport.load(file).html()).isEqualTo(report.html());
    assertThat(RunReport.ofRun(folder).html()).isEqualTo(report.html());
    assertThat(RunReport.isRun(folder)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"version\":1}",
        "{\"version\":1,\"title\":\"t\",\"facts\":{},\"epochs\":[null],\"steps\":[],"
            + "\"network\":null,\"filters\":[],\"evaluatedOn\":\"\",\"outputs\":[]}"
      })
  void brokenFilesAreRefused(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("report.json"), text);
    assertThatThrownBy(() -> RunReport.load(file)).isInstanceOf(FormatException.class);
  }

  @Test
  void aRunWithoutAReportIsReadFromItsHistory() throws Exception {
    assertThatThrownBy(() -> RunReport.ofRun(folder)).isInstanceOf(NotFoundException.class);
    Files.writeString(
        folder.resolve("history.csv"),
        "epoch,loss,accuracy,seconds,images_per_second,validation_loss,validation_accuracy\n"
            + "1,0.5,,2.000,100.0,0.6,0.75\n");
    assertThat(RunReport.ofRun(folder).html()).contains("0.7500", "0.5000");
    Files.writeString(folder.resolve("history.csv"), "epoch,loss\n1\n");
    assertThatThrownBy(() -> RunReport.ofRun(folder))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("line 2");
  }

  @Test
  void severalRunsAreCompared() {
    String html = RunReport.comparison(List.of(Runs.report(2), Runs.report(3)));
    assertThat(html).contains("2 runs", "epochs done", "(2)", "Options, data and machine");
    // both curves of the second run have its color
    assertThat(html)
        .contains("(2) train\",\"color\":1,\"dashed\":false")
        .contains("(2) validation\",\"color\":1,\"dashed\":true");
    assertThatThrownBy(() -> RunReport.comparison(List.of()))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void otherTasksHaveThePartsThatMakeSense() {
    Network row =
        Network.of("row", Shape.of(1, 4, 4), new Flatten(), new Linear(2))
            .withTask(Task.regression("age", "height"));
    float[] values = new float[10 * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7;
    }
    Dataset numbers =
        Dataset.ofTargets(
            "numbers", Shape.of(1, 4, 4), values, Shape.of(2), FloatBuffer.allocate(20));
    String html =
        RunReport.of(ModelData.untrained(row, 1)).evaluate("test", numbers).build().html();
    assertThat(html).contains("age", "regression").doesNotContain("Calibration", "class=\"gallery");
    Network pixels =
        Network.of("pixels", Shape.of(1, 4, 4), new Conv2d(2, 3).padding(1))
            .withTask(Task.pixelClasses("sky", "ground"));
    Dataset masks =
        Dataset.ofTargets(
            "masks", Shape.of(1, 4, 4), values, Shape.of(4, 4), FloatBuffer.allocate(160));
    html = RunReport.of(ModelData.untrained(pixels, 1)).evaluate("test", masks).build().html();
    assertThat(html).contains("ground", "iou", "Confusion").doesNotContain("class=\"gallery");
  }

  @Test
  void longRunsHaveNoMorePointsThanAPageShows() {
    Curves curves = new Curves();
    for (int e = 1; e <= 500; e++) {
      Runs.hear(curves, 20);
    }
    assertThat(curves.steps()).hasSizeBetween(1024, 2048);
  }

  @Test
  void factsOfTheModelAndOthersAreThere() {
    String html = RunReport.of(Runs.model()).facts(Map.of("cpu", "a & b")).build().html();
    assertThat(html).contains("a &amp; b", "&lt;b&gt;x&lt;/b&gt;");
  }
}

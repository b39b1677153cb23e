package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.io.Safetensors;
import dev.quern.metric.Outputs;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Scores recorded from scikit-learn, by data/golden/sklearn-metrics.py. */
class ScorerGoldenTest {
  private static final Path FILE = GoldenFile.bundled("sklearn-metrics.safetensors");

  private final Safetensors file = Safetensors.read(FILE);

  @Test
  void checksumIsTheRecordedOne() {
    GoldenFile.assertChecksum(FILE);
  }

  @Test
  void singleLabel() throws Exception {
    float[] labels = file.floats("single_label.labels");
    int[] indices = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      indices[i] = (int) labels[i];
    }
    Scorer scorer = Scorer.singleLabel(8, List.of(), Outputs.LOGITS, 2, 5);
    agrees("single_label", scorer.add(indices.length, outputs("single_label"), indices).report());
  }

  @Test
  void multiLabel() throws Exception {
    agrees("multi_label", Scorer.multiLabel(6, List.of(), Outputs.LOGITS));
  }

  @Test
  void pixelClasses() throws Exception {
    agrees("pixel_classes", Scorer.pixelClasses(5, List.of(), 255));
  }

  @Test
  void regression() throws Exception {
    agrees("regression", Scorer.regression(3, List.of()));
  }

  private float[] outputs(String name) {
    return file.floats(name + ".outputs");
  }

  private void agrees(String name, Scorer scorer) throws Exception {
    int n = (int) file.shape(name + ".outputs").dim(0);
    agrees(name, scorer.add(n, outputs(name), file.floats(name + ".targets")).report());
  }

  private void agrees(String name, Report report) throws Exception {
    JsonNode wanted = new ObjectMapper().readTree(file.metadata().get("metrics")).get(name);
    assertThat(report.metrics().keySet())
        .containsExactlyInAnyOrderElementsOf(names(wanted.get("values")));
    report
        .metrics()
        .forEach((score, v) -> close(name + " " + score, v, wanted.get("values").get(score)));
    for (int c = 0; c < report.rows().size(); c++) {
      Map<String, Double> row = report.rows().get(c).metrics();
      assertThat(row.keySet()).containsExactlyElementsOf(names(wanted.get("rows")));
      for (String score : row.keySet()) {
        close(name + " " + score + " " + c, row.get(score), wanted.get("rows").get(score).get(c));
      }
    }
  }

  private static List<String> names(JsonNode object) {
    List<String> all = new ArrayList<>();
    for (Iterator<String> i = object.fieldNames(); i.hasNext(); ) {
      all.add(i.next());
    }
    return all;
  }

  private static void close(String what, double got, JsonNode wanted) {
    if (wanted.isNull()) {
      assertThat(got).as(what).isNaN();
    } else {
      double v = wanted.doubleValue();
      assertThat(got).as(what).isCloseTo(v, within(1e-12 * Math.max(1, Math.abs(v))));
    }
  }
}

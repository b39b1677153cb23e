package dev.quern.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  @Test
  void aLineHasAccuracyOrTheScoresInItsPlace() {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("mae", 0.25);
    scores.put("rmse", 0.5);
    assertThat(new Evaluation(0.75, 2, 10, scores))
        .hasToString("Evaluation[accuracy=0.75, loss=2.0, images=10]");
    assertThat(new Evaluation(Double.NaN, 2, 10, scores))
        .hasToString("Evaluation[mae=0.25, rmse=0.5, loss=2.0, images=10]");
    assertThat(new Evaluation(Double.NaN, 2, 10)).hasToString("Evaluation[loss=2.0, images=10]");
  }
}

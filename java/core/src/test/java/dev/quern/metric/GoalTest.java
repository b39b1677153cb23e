package dev.quern.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** By which figure epochs are compared, and which way. */
class GoalTest {
  @Test
  void theNameTellsTheDirection() {
    for (String higher : List.of("accuracy", "f1_macro", "mean_iou", "top5_accuracy", "r2")) {
      assertThat(Goal.of(higher)).isEqualTo(new Goal(higher, true));
    }
    for (String lower : List.of("loss", "log_loss", "calibration_error", "max_error", "a.mae")) {
      assertThat(Goal.of(lower)).isEqualTo(new Goal(lower, false));
    }
  }

  /** A score that a scorer has and no goal knows would be missed here. */
  @Test
  void everyScoreIsAGoal() {
    float[] two = {0.25f, 0.75f};
    Stream.of(
            Scorer.singleLabel(2, List.of(), Outputs.PROBABILITIES, 1).add(1, two, new int[1]),
            Scorer.multiLabel(2, List.of(), Outputs.PROBABILITIES).add(1, two, new float[2]),
            Scorer.pixelClasses(2, List.of(), null).add(1, two, new int[1]),
            Scorer.regression(2, List.of()).add(1, two, new float[2]),
            Scorer.image().add(1, two, new float[2]))
        .flatMap(s -> s.report().metrics().keySet().stream())
        .forEach(name -> assertThat(Goal.of(name).name()).isEqualTo(name));
  }

  @Test
  void unknownScoresAreRefusedWithThoseNearThem() {
    assertThatThrownBy(() -> Goal.of("f1_makro"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("unknown metric")
        .hasMessageContaining("did you mean f1_macro");
  }

  @Test
  void valuesComeFromTheEvaluation() {
    Evaluation e = new Evaluation(0.5, 2, 10, Map.of("f1_macro", 0.4));
    assertThat(Goal.LOSS.value(e)).isEqualTo(2);
    assertThat(Goal.ACCURACY.value(e)).isEqualTo(0.5);
    assertThat(Goal.of("f1_macro").value(e)).isEqualTo(0.4);
    assertThatThrownBy(() -> Goal.of("mean_iou").value(e))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("mean_iou");
    assertThat(Goal.LOSS.better(1, 2, 0.5)).isTrue();
    assertThat(Goal.LOSS.better(1.5, 2, 0.5)).isFalse();
    assertThat(Goal.ACCURACY.better(0.6, 0.5, 0)).isTrue();
    assertThat(Goal.ACCURACY.better(Double.NaN, 0.5, 0)).isFalse();
    assertThat(Goal.ACCURACY.better(0.1, Double.NaN, 0)).isTrue();
  }
}

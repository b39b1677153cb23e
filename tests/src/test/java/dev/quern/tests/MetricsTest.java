package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.layer.Softmax;
import dev.quern.metric.Metrics;
import dev.quern.reference.MetricsReference;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One-hot rows, accuracy and log loss against their twins. */
class MetricsTest {
  @ParameterizedTest
  @CsvSource({"1,1", "1,10", "3,2", "17,33", "1000,10", "7,1000"})
  void agreeWithTheirTwins(int n, int classes) {
    for (Values.Kind kind : Values.Kind.values()) { // integers tie
      Values v = new Values(kind, 31L * n + classes);
      NdArray scores = v.array(n, classes);
      int[] labels = v.labels(n, classes);
      try (Arena a = new Arena()) {
        Tensor t = Values.tensor(a, scores);
        assertThat(Metrics.accuracy(t, labels))
            .as("accuracy, %s", v)
            .isEqualTo(MetricsReference.accuracy(scores, labels));
        Compare.exact(
            "one_hot, " + v,
            Metrics.oneHot(a, labels, classes),
            MetricsReference.oneHot(labels, classes));
        checkLogLoss(new Softmax().forward(t), labels, v);
      }
    }
  }

  private static void checkLogLoss(Tensor probabilities, int[] labels, Values v) {
    NdArray p = NdArray.of(probabilities.shape(), probabilities.toArray());
    assertThat(Metrics.logLoss(probabilities, 0, labels))
        .as("log_loss, %s", v)
        .isCloseTo(MetricsReference.logLoss(p, labels, 0), within(1e-12));
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum -= Math.log(p.at(i, labels[i]) + 1e-4);
    }
    assertThat(Metrics.logLoss(probabilities, 1e-4, labels))
        .as("log_loss with the notebook's epsilon, %s", v)
        .isCloseTo(sum / labels.length, within(1e-12));
  }

  @Test
  void firstOfEqualScoresIsTheAnswer() {
    try (Arena a = new Arena()) {
      Tensor scores = a.tensor(Shape.of(2, 3), 1, 2, 2, 0, 0, 0);
      assertThat(Metrics.accuracy(scores, 1, 0)).isEqualTo(1);
      assertThat(Metrics.accuracy(scores, 2, 1)).isZero();
      assertThat(Metrics.accuracy(scores, 1, 2)).isEqualTo(0.5);
    }
  }

  /** As in the twin and in NumPy: whatever place it is in. */
  @Test
  void nanWinsOverNumbers() {
    float nan = Float.NaN;
    float[][] rows = {{nan, 1, 2}, {1, nan, 2}, {1, 2, nan}, {nan, nan, nan}, {5, nan, nan}};
    for (float[] row : rows) {
      NdArray scores = NdArray.of(Shape.of(1, 3), row);
      try (Arena a = new Arena()) {
        for (int label = 0; label < 3; label++) {
          assertThat(Metrics.accuracy(Values.tensor(a, scores), label))
              .as("label %d of %s", label, row)
              .isEqualTo(MetricsReference.accuracy(scores, new int[] {label}));
        }
      }
    }
  }

  @Test
  void impossibleLabelHasInfiniteLossUnlessEpsilonBoundsIt() {
    try (Arena a = new Arena()) {
      Tensor p = a.tensor(Shape.of(1, 2), 1, 0);
      assertThat(Metrics.logLoss(p, 0, 1)).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(Metrics.logLoss(p, 1e-4, 1)).isCloseTo(-Math.log(1e-4), within(1e-12));
    }
  }

  @Test
  void oneHotOfNoLabelsIsEmpty() {
    try (Arena a = new Arena()) {
      assertThat(Metrics.oneHot(a, new int[0], 4).shape()).isEqualTo(Shape.of(0, 4));
    }
  }
}

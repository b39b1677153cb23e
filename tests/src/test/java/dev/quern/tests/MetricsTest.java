package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.eager.Eager;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.activation.Softmax;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.metric.Metrics;
import dev.quern.reference.NdArray;
import dev.quern.reference.metric.MetricsReference;
import dev.quern.reference.metric.RankingReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scores of whole outputs against their twins. */
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
        checkLogLoss(Eager.of(new Softmax()).forward(t), labels, v);
        checkCounts(t, scores, labels, v);
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

  private static void checkCounts(Tensor t, NdArray scores, int[] labels, Values v) {
    int classes = scores.dim(1);
    for (int k : new int[] {1, (classes + 1) / 2, classes}) {
      assertThat(Metrics.topK(t, k, labels))
          .as("top %d, %s", k, v)
          .isCloseTo(MetricsReference.topK(scores, k, labels), within(1e-12));
    }
    NdArray wanted = MetricsReference.confusion(scores, labels);
    ConfusionMatrix m = Metrics.confusion(t, labels);
    for (int i = 0; i < wanted.size(); i++) {
      assertThat((double) m.count(i / classes, i % classes)).as("%s", v).isEqualTo(wanted.get(i));
    }
    Tensor p = Eager.of(new Softmax()).forward(t);
    assertThat(Metrics.calibrationError(p, labels))
        .as("calibration error, %s", v)
        .isCloseTo(
            MetricsReference.calibrationError(NdArray.of(p.shape(), p.toArray()), labels),
            within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "100", "501"})
  void rankingsAgreeWithTheirTwins(int n) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, 7L * n);
      NdArray scores = v.array(n);
      int[] labels = v.labels(n, 2);
      assertThat(Metrics.auc(scores.toFloats(), labels))
          .as("auc, %s", v)
          .isEqualTo(Double.valueOf(RankingReference.auc(scores.values(), labels))); // or both NaN
      assertThat(Metrics.averagePrecision(scores.toFloats(), labels))
          .as("average precision, %s", v)
          .isCloseTo(RankingReference.averagePrecision(scores.values(), labels), within(1e-12));
    }
    float[] odd = {Float.MIN_VALUE, -0f, 0, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE};
    double[] wide = {Float.MIN_VALUE, 0, 0, -Float.MIN_VALUE, Float.MAX_VALUE, -Float.MAX_VALUE};
    int[] labels = {1, 0, 1, 0, 0, 1};
    assertThat(Metrics.auc(odd, labels)).isEqualTo(RankingReference.auc(wide, labels));
  }

  @Test
  void pixelsAreCountedByClass() {
    try (Arena a = new Arena()) {
      Tensor scores = a.tensor(Shape.of(1, 2, 2, 2), 1, 0, 0, 0, 0, 1, 0, 1);
      Tensor labels = a.tensor(Shape.of(1, 2, 2), 0, 1, 1, -100);
      ConfusionMatrix m = Metrics.confusion(scores, labels, -100);
      assertThat(m.counts()).isDeepEqualTo(new long[][] {{1, 0}, {1, 1}});
      assertThat(m.meanIou()).isEqualTo(0.5);
      assertThatThrownBy(() -> Metrics.confusion(scores, labels))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> Metrics.confusion(scores, a.tensor(Shape.of(2, 2))))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("labels 2x2 do not fit scores 1x2x2x2");
      assertThatThrownBy(() -> Metrics.confusion(a.tensor(Shape.of(1, 2049)), 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("confusion: 2049 classes exceed the maximum of 2048");
    }
  }

  @Test
  void numbersAreComparedWithTargets() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(2, 2), 1, 2, 3, 4);
      Tensor t = a.tensor(Shape.of(2, 2), 1, 2, 5, 0);
      assertThat(Metrics.mae(x, t)).isEqualTo(1.5);
      assertThat(Metrics.rmse(x, t)).isCloseTo((Math.sqrt(2) + Math.sqrt(8)) / 2, within(1e-12));
      assertThat(Metrics.r2(x, t)).isCloseTo((0.5 - 7) / 2, within(1e-12));
      assertThatThrownBy(() -> Metrics.mae(x, a.tensor(Shape.of(4))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("mae: targets 4 must have the shape of outputs 2x2 and not be empty");
    }
  }

  @Test
  void scoresAreNumbers() {
    float[] odd = {1, Float.NaN};
    assertThatThrownBy(() -> Metrics.auc(odd, 0, 1)).isInstanceOf(NumericException.class);
    assertThatThrownBy(() -> Metrics.auc(new float[2], 0, 2))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("auc: label 2 is outside [0, 2)");
    assertThatThrownBy(() -> Metrics.averagePrecision(new float[2], 0))
        .isInstanceOf(ShapeException.class);
    try (Arena a = new Arena()) {
      Tensor scores = a.tensor(Shape.of(1, 2), odd);
      assertThatThrownBy(() -> Metrics.topK(scores, 1, 0)).isInstanceOf(NumericException.class);
      assertThatThrownBy(() -> Metrics.confusion(scores, 0)).isInstanceOf(NumericException.class);
      assertThatThrownBy(() -> Metrics.mae(scores, scores)).isInstanceOf(NumericException.class);
    }
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

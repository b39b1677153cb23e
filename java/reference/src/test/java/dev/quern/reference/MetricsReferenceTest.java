package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.metric.MetricsReference;
import dev.quern.reference.metric.RankingReference;
import dev.quern.reference.metric.RegressionReference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {
  private final NdArray scores =
      NdArray.of(Shape.of(4, 3), 1, 2, 0, 5, 5, 5, 9, Double.NaN, 10, -3, -2, -1);

  @Test
  void putsAOneAtTheLabel() {
    assertThat(MetricsReference.oneHot(new int[] {2, 0}, 3).values())
        .containsExactly(0, 0, 1, 1, 0, 0);
  }

  @Test
  void takesTheFirstOfEqualsAndNanOverNumbers() {
    assertThat(MetricsReference.argmax(scores, 0)).isEqualTo(1);
    assertThat(MetricsReference.argmax(scores, 1)).isEqualTo(0);
    assertThat(MetricsReference.argmax(scores, 2)).isEqualTo(1);
    assertThat(MetricsReference.argmax(scores, 3)).isEqualTo(2);
  }

  @Test
  void countsRightRows() {
    assertThat(MetricsReference.accuracy(scores, new int[] {1, 0, 2, 2})).isEqualTo(0.75);
  }

  @Test
  void averagesLogProbabilities() {
    NdArray probabilities = NdArray.of(Shape.of(3, 2), 0.25, 0.75, 1, 0, 0, 1);
    double expected = (-Math.log(0.26) - Math.log(0.01) - Math.log(1.01)) / 3;
    assertThat(MetricsReference.logLoss(probabilities, new int[] {0, 1, 1}, 0.01))
        .isCloseTo(expected, within(1e-15));
    assertThat(MetricsReference.logLoss(probabilities, new int[] {0, 1, 1}, 0)).isInfinite();
  }

  private final int[] labels = {0, 0, 1};
  private final NdArray right = NdArray.of(Shape.of(3, 2), 0.75, 0.25, 0.25, 0.75, 0.25, 0.75);

  @Test
  void countsPairsOfLabelAndAnswer() {
    NdArray m = MetricsReference.confusion(right, labels);
    assertThat(m.values()).containsExactly(1, 1, 0, 1);
    assertThat(MetricsReference.support(m, 0)).isEqualTo(2);
    assertThat(MetricsReference.precision(m, 1)).isEqualTo(0.5);
    assertThat(MetricsReference.recall(m, 0)).isEqualTo(0.5);
    assertThat(MetricsReference.f1(m, 0)).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(MetricsReference.iou(m, 1)).isEqualTo(0.5);
    NdArray none = new NdArray(Shape.of(1, 1));
    assertThat(MetricsReference.precision(none, 0) + MetricsReference.recall(none, 0)).isZero();
    assertThat(MetricsReference.f1(none, 0) + MetricsReference.iou(none, 0)).isZero();
  }

  @Test
  void takesTheLargest() {
    assertThat(MetricsReference.topK(scores, 2, new int[] {0, 1, 0, 0})).isEqualTo(0.75);
    assertThat(MetricsReference.topK(scores, 3, new int[] {0, 1, 0, 0})).isEqualTo(1);
    assertThatThrownBy(() -> MetricsReference.topK(scores, 4, new int[4]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("top_k: k 4 is not in [1, 3]");
  }

  @Test
  void comparesConfidenceWithShares() {
    assertThat(MetricsReference.calibrationError(right, labels))
        .isCloseTo(Math.abs(0.75 - 2 / 3.0), within(1e-15));
  }

  @Test
  void ranksPositivesAndNegatives() {
    double[] of = {0.5, 0.5, 0.2, 0.9};
    assertThat(RankingReference.auc(of, new int[] {1, 0, 0, 1})).isEqualTo(3.5 / 4);
    assertThat(RankingReference.auc(of, new int[4])).isNaN();
    assertThat(RankingReference.averagePrecision(of, new int[] {1, 0, 0, 1}))
        .isCloseTo(0.5 + 2 / 3.0 / 2, within(1e-15));
    assertThat(RankingReference.averagePrecision(of, new int[4])).isZero();
  }

  @Test
  void measuresErrors() {
    NdArray x = NdArray.of(Shape.of(2, 1), 1, 3);
    NdArray y = NdArray.of(Shape.of(2, 1), 1, 5);
    assertThat(RegressionReference.mae(x, y, 0)).isEqualTo(1);
    assertThat(RegressionReference.mse(x, y, 0)).isEqualTo(2);
    assertThat(RegressionReference.maxError(x, y, 0)).isEqualTo(2);
    assertThat(RegressionReference.r2(x, y, 0)).isEqualTo(0.5);
  }

  @Test
  void refusesWhatIsNoClass() {
    assertThatThrownBy(() -> MetricsReference.oneHot(new int[] {0, 3}, 3))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("one_hot: label 3 at index 1 is not in [0, 3)");
    assertThatThrownBy(() -> MetricsReference.accuracy(scores, new int[] {0}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("accuracy: 1 labels do not fit a batch of 4");
    assertThatThrownBy(() -> MetricsReference.logLoss(scores, new int[4], -0.5))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("log_loss: epsilon -0.5 must be at least 0");
  }
}

package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
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

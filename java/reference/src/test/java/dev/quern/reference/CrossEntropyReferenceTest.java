package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CrossEntropyReferenceTest {
  private static final int[] LABELS = {2, 0, 0};

  @Test
  void isTheNegativeLogProbabilityOfTheLabel() {
    NdArray logits = NdArray.of(Shape.of(1, 2), Math.log(1), Math.log(3));
    assertThat(CrossEntropyReference.forward(new CrossEntropy(), logits, new int[] {1}))
        .isCloseTo(-Math.log(0.75), within(1e-15));
  }

  @Test
  void survivesLargeLogits() {
    NdArray logits = NdArray.of(Shape.of(1, 2), 1e5, -1e5);
    assertThat(CrossEntropyReference.forward(new CrossEntropy(), logits, new int[] {1}))
        .isEqualTo(2e5);
  }

  @Test
  void ignoresMinusInfinityInAClassWithoutTarget() {
    NdArray logits = NdArray.of(Shape.of(1, 2), 0, Double.NEGATIVE_INFINITY);
    assertThat(CrossEntropyReference.forward(new CrossEntropy(), logits, new int[] {0})).isZero();
  }

  @Test
  void dividesByTheWeightsOfTheLabels() {
    NdArray logits = new NdArray(Shape.of(3, 3));
    float[] weights = {1, 100, 2};
    // every class has probability 1/3, so each image costs its label's weight times log 3
    CrossEntropy mean = new CrossEntropy(0, weights, Reduction.MEAN);
    CrossEntropy sum = new CrossEntropy(0, weights, Reduction.SUM);
    assertThat(CrossEntropyReference.forward(mean, logits, LABELS))
        .isCloseTo(Math.log(3), within(1e-15));
    assertThat(CrossEntropyReference.forward(sum, logits, LABELS))
        .isCloseTo(4 * Math.log(3), within(1e-14));
  }

  static Stream<CrossEntropy> losses() {
    float[] weights = {0.5f, 2, 1, 0};
    return Stream.of(
        new CrossEntropy(),
        new CrossEntropy(0.25f),
        new CrossEntropy(1),
        new CrossEntropy(0, weights, Reduction.MEAN),
        new CrossEntropy(0.25f, weights, Reduction.MEAN),
        new CrossEntropy(0.25f, weights, Reduction.SUM));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientMatchesFiniteDifferences(CrossEntropy loss) {
    NdArray logits = random(1, Shape.of(3, 4));
    assertClose(
        "logits",
        CrossEntropyReference.backward(loss, logits, LABELS),
        CentralDifference.gradient(
            logits, 1e-5, () -> CrossEntropyReference.forward(loss, logits, LABELS)),
        1e-8);
  }

  @Test
  void refusesWhatDoesNotFit() {
    NdArray logits = new NdArray(Shape.of(3, 4));
    CrossEntropy loss = new CrossEntropy();
    assertThatThrownBy(() -> CrossEntropyReference.forward(loss, logits, new int[] {0, 4, 1}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("cross_entropy: label 4 at index 1 is not in [0, 4)");
    assertThatThrownBy(() -> CrossEntropyReference.backward(loss, logits, new int[] {0}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("cross_entropy: 1 labels do not fit 3 rows");
    CrossEntropy threeWeights = new CrossEntropy(0, new float[3], Reduction.SUM);
    assertThatThrownBy(() -> CrossEntropyReference.forward(threeWeights, logits, LABELS))
        .isInstanceOf(ShapeException.class)
        .hasMessage("cross_entropy: 3 class weights do not fit 4 classes");
  }
}

package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.reference.loss.BceWithLogitsReference;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.loss.LossReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses against targets of the outputs' shape. */
class LossReferenceTest {
  @Test
  void refusesMoreClassesThanAnArrayHolds() {
    Shape wide = Shape.of(0, 3, 2, Integer.MAX_VALUE);
    NdArray none = new NdArray(wide);
    assertThatThrownBy(() -> BceWithLogitsReference.forward(new BceWithLogits(), none, none))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("more values than fit in a Java array");
  }

  private static final float[] WEIGHTS = {0.5f, 2, 1, 0};
  private static final float[] POSITIVES = {3, 1, 0.25f, 2};

  private static NdArray row(double... values) {
    return NdArray.of(Shape.of(1, values.length), values);
  }

  @Test
  void valuesByHand() {
    assertThat(LossReference.forward(new Mse(), row(1, 2), row(3, 2))).isEqualTo(2);
    assertThat(LossReference.forward(new Mse(Reduction.SUM), row(1, 2), row(3, 2))).isEqualTo(4);
    // 0.5 * 0.5^2, and 2 * (3 - 1) beyond delta
    assertThat(LossReference.forward(new Huber(2, Reduction.SUM), row(0.5, -3), row(0, 0)))
        .isEqualTo(0.125 + 4);
    assertThat(LossReference.forward(new BceWithLogits(), row(0, 0), row(0, 1)))
        .isCloseTo(Math.log(2), within(1e-15));
    // sigmoid(log 3) = 3/4; the positive weighs 5
    BceWithLogits weighted = new BceWithLogits(null, new float[] {5}, Reduction.MEAN);
    assertThat(LossReference.forward(weighted, row(Math.log(3)), row(1)))
        .isCloseTo(-5 * Math.log(0.75), within(1e-14));
    // probabilities 1/4 and 3/4
    assertThat(LossReference.forward(new CrossEntropy(), row(0, Math.log(3)), row(0.5, 0.5)))
        .isCloseTo(-0.5 * Math.log(0.25) - 0.5 * Math.log(0.75), within(1e-15));
  }

  /** Two samples whose targets weigh 1 and 100: labels divide by 101, probabilities by 2. */
  @Test
  void meanOfSoftTargetsDividesByTheBatch() {
    CrossEntropy loss = new CrossEntropy(0, new float[] {1, 100}, Reduction.MEAN);
    NdArray logits = new NdArray(Shape.of(2, 2));
    NdArray oneHot = NdArray.of(Shape.of(2, 2), 1, 0, 0, 1);
    assertThat(LossReference.forward(loss, logits, oneHot))
        .isCloseTo(101 * Math.log(2) / 2, within(1e-13));
    assertThat(CrossEntropyReference.forward(loss, logits, new int[] {0, 1}))
        .isCloseTo(Math.log(2), within(1e-15));
  }

  static Stream<Loss> losses() {
    return Stream.of(Reduction.values())
        .flatMap(
            r ->
                Stream.of(
                    new Mse(r),
                    new Huber(0.25, r),
                    new Huber(1, r),
                    new BceWithLogits(null, null, r),
                    new BceWithLogits(WEIGHTS, POSITIVES, r),
                    new CrossEntropy(0, null, r),
                    new CrossEntropy(0.25f, WEIGHTS, r)));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientMatchesFiniteDifferences(Loss loss) {
    NdArray x = random(1, Shape.of(3, 4));
    NdArray y = random(2, Shape.of(3, 4));
    assertClose(
        "outputs",
        LossReference.backward(loss, x, y),
        CentralDifference.gradient(x, 1e-5, () -> LossReference.forward(loss, x, y)),
        1e-8);
  }

  /** An image's pixels are rows of classes. */
  @Test
  void pixelsAreRows() {
    NdArray images = random(1, Shape.of(2, 3, 1, 2));
    NdArray rows = new NdArray(Shape.of(4, 3));
    for (int r = 0; r < 4; r++) {
      for (int c = 0; c < 3; c++) {
        rows.set(r * 3 + c, images.get(images.offset(r / 2, c, 0, r % 2)));
      }
    }
    CrossEntropy loss = new CrossEntropy(0.1f, new float[] {1, 2, 3}, Reduction.MEAN);
    int[] labels = {0, 2, 1, 1};
    assertThat(CrossEntropyReference.forward(loss, images, labels))
        .isEqualTo(CrossEntropyReference.forward(loss, rows, labels));
    assertClose(
        "logits",
        CrossEntropyReference.backward(loss, images, labels),
        CentralDifference.gradient(
            images, 1e-5, () -> CrossEntropyReference.forward(loss, images, labels)),
        1e-8);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void refusesOtherShapes(Loss loss) {
    NdArray x = new NdArray(Shape.of(3, 4));
    NdArray other = new NdArray(Shape.of(4, 3));
    assertThatThrownBy(() -> LossReference.forward(loss, x, other))
        .isInstanceOf(ShapeException.class)
        .hasMessageStartingWith(loss.type() + ": targets 4x3");
  }

  @Test
  void refusesWeightsOfOtherClasses() {
    NdArray x = new NdArray(Shape.of(3, 5));
    assertThatThrownBy(
            () -> LossReference.forward(new BceWithLogits(null, WEIGHTS, Reduction.SUM), x, x))
        .isInstanceOf(ShapeException.class)
        .hasMessage("bce_with_logits: 4 weights do not fit 5 classes");
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss.Reduction;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** cross_entropy against its twin. */
class CrossEntropyTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float[] SMOOTHINGS = {0, 0.1f, 0.5f, 1};

  @TestFactory
  Stream<DynamicTest> everyParameter() {
    List<Shape> shapes = new ArrayList<>();
    for (int classes : Conv2dTest.CHANNELS) {
      shapes.add(Shape.of(1, classes));
      shapes.add(Shape.of(3, classes));
    }
    shapes.addAll(List.of(Shape.of(4099, 10), Shape.of(5, 1000), Shape.of(3, 4097)));
    return shapes.stream()
        .flatMap(
            shape ->
                Stream.of(Reduction.values())
                    .map(r -> dynamicTest(r + " of " + shape, () -> check(shape, r))));
  }

  private static void check(Shape shape, Reduction reduction) {
    int classes = (int) shape.dim(1);
    for (float smoothing : SMOOTHINGS) {
      for (boolean weighted : new boolean[] {false, true}) {
        for (int spread : new int[] {1, 40}) {
          Values v = Values.floats(Values.seedOf(shape) + spread);
          NdArray x = v.array(shape);
          for (int i = 0; i < x.size(); i++) {
            x.set(i, (float) (x.get(i) * spread));
          }
          float[] weights = weighted ? weights(v, classes) : null;
          CrossEntropy loss = new CrossEntropy(smoothing, weights, reduction);
          check(loss, x, v.labels((int) shape.dim(0), classes), v);
        }
      }
    }
  }

  /** Above 0, or the mean's divisor could be 0. */
  private static float[] weights(Values v, int classes) {
    float[] weights = new float[classes];
    for (int c = 0; c < classes; c++) {
      weights[c] = 1.25f + v.next();
    }
    return weights;
  }

  private static void check(CrossEntropy loss, NdArray x, int[] labels, Values v) {
    String weights = Arrays.toString(loss.classWeights());
    String what = loss + " " + weights + " of " + x.shape() + ", " + v;
    double wanted = CrossEntropyReference.forward(loss, x, labels);
    Passes p = new Passes(loss);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      double value = p.run("cross_entropy", () -> loss.forward(tx, labels));
      if (Double.isFinite(wanted)) {
        assertThat(value).as(what).isCloseTo(wanted, within(1e-9 * Math.max(1, Math.abs(wanted))));
      } else {
        assertThat(value).as(what).isEqualTo(Double.valueOf(wanted));
      }
      Tensor gx = p.run("cross_entropy", () -> loss.backward(tx, labels));
      double typical = loss.reduction() == Reduction.SUM ? 0.1 : 0.1 / labels.length;
      NdArray grad = CrossEntropyReference.backward(loss, x, labels);
      Compare.close("gradient, " + what, gx, grad, typical);
    }
  }

  @Test
  void hugeLogitsOverflowNothing() {
    for (float[] row : new float[][] {{1e30f, -1e30f, 0}, {-1e30f, 0, 0}, {1e8f, 1e8f, -1e8f}}) {
      for (float smoothing : SMOOTHINGS) {
        for (int target = 0; target < 3; target++) {
          NdArray x = NdArray.of(Shape.of(1, 3), row);
          check(new CrossEntropy(smoothing), x, new int[] {target}, Values.floats(target));
        }
      }
    }
    try (Arena a = new Arena()) {
      Tensor one = a.tensor(Shape.of(1, 2), 1e30f, -1e30f);
      assertThat(new CrossEntropy().forward(one, 0)).isZero();
      assertThat(new CrossEntropy().forward(one, 1)).isEqualTo(2.0 * 1e30f);
    }
  }

  /** The logarithm of the sum must not be lost beside the largest logit. */
  @Test
  void equalLogitsHaveTheLossOfTheirNumberHoweverHugeTheyAre() {
    for (float logit : new float[] {0, 1, -1e30f, 1e30f, Float.MAX_VALUE}) {
      try (Arena a = new Arena()) {
        Tensor x = a.tensor(Shape.of(1, 4), logit, logit, logit, logit);
        for (float smoothing : SMOOTHINGS) {
          double loss = new CrossEntropy(smoothing).forward(x, 2);
          assertThat(loss).as("of logits %s", logit).isCloseTo(Math.log(4), within(1e-12));
        }
        assertThat(new CrossEntropy().backward(x, 2).toArray())
            .containsExactly(0.25f, 0.25f, -0.75f, 0.25f);
      }
    }
  }

  @Test
  void nanAndInfinityFollowTheTwin() {
    double[][] rows = {
      {Double.NaN, 1, 2}, {0, Double.NaN, 0}, {-INF, 1, 2}, {INF, 1, 2}, {-INF, -INF, -INF}
    };
    for (double[] row : rows) {
      for (int target = 0; target < 3; target++) {
        NdArray x = NdArray.of(Shape.of(1, 3), row);
        check(new CrossEntropy(), x, new int[] {target}, Values.floats(target));
        check(new CrossEntropy(0.1f), x, new int[] {target}, Values.floats(target));
      }
    }
  }

  /** A label that is itself a class, or none, at every third row; positions of one axis and two. */
  @Test
  void ignoredRowsHaveNoPart() {
    for (Shape shape : List.of(Shape.of(7, 4), Shape.of(3, 4, 5), Shape.of(2, 4, 3, 5))) {
      for (int ignored : new int[] {-100, 255, 2}) {
        for (Reduction r : Reduction.values()) {
          Values v = Values.floats(Values.seedOf(shape) + ignored);
          int[] labels = v.labels((int) (shape.elements() / 4), 4);
          for (int i = 1; i < labels.length; i += 3) {
            labels[i] = ignored;
          }
          check(new CrossEntropy(0, null, r, ignored), v.array(shape), labels, v);
          check(new CrossEntropy(0.1f, weights(v, 4), r, ignored), v.array(shape), labels, v);
        }
      }
    }
  }

  @Test
  void allIgnoredHasNoMeanAndSendsNothingBack() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(2, 2), 1, 2, Float.NaN, 4);
      assertThat(new CrossEntropy().forward(x, -100, -100)).isNaN();
      assertThat(new CrossEntropy(0, null, Reduction.SUM).forward(x, -100, -100)).isZero();
      assertThat(new CrossEntropy().backward(x, -100, -100).toArray()).containsOnly(0);
    }
  }

  /** A checkpoint tells its loss by its text. */
  @Test
  void theIgnoredIndexShowsWhereItIsNotTheDefault() {
    CrossEntropy other = new CrossEntropy().ignoreIndex(255);
    assertThat(other).isNotEqualTo(new CrossEntropy()).isEqualTo(other.ignoreIndex(255));
    assertThat(other.plain()).isEqualTo(other);
    assertThat(other.hashCode())
        .isEqualTo(new CrossEntropy(0, null, Reduction.MEAN, 255).hashCode());
    assertThat(other)
        .hasToString(
            "CrossEntropy[labelSmoothing=0.0, classWeights=null, "
                + "reduction=MEAN, ignoreIndex=255]");
    assertThat(new CrossEntropy())
        .hasToString("CrossEntropy[labelSmoothing=0.0, classWeights=null, reduction=MEAN]");
  }

  @Test
  void gradientIsProbabilitiesMinusOneHotOverTheBatch() {
    Values v = Values.floats(3);
    NdArray x = v.array(4, 5);
    int[] labels = v.labels(4, 5);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      float[] p = Eager.of(new Softmax()).forward(tx).toArray();
      double[] wanted = new double[p.length];
      for (int i = 0; i < p.length; i++) {
        wanted[i] = (p[i] - (labels[i / 5] == i % 5 ? 1 : 0)) / 4;
      }
      Compare.close(
          "gradient, " + v, new CrossEntropy().backward(tx, labels), NdArray.of(x.shape(), wanted));
    }
  }

  @Test
  void classesOfWeightZeroCountForNothing() {
    try (Arena a = new Arena()) {
      CrossEntropy loss = new CrossEntropy(0, new float[] {0, 2}, Reduction.MEAN);
      Tensor x = a.tensor(Shape.of(2, 2), 3, 1, 0, 0);
      assertThat(loss.forward(x, 0, 1)).isCloseTo(Math.log(2), within(1e-12));
      assertThat(loss.backward(x, 0, 1).toArray()).containsExactly(0, 0, 0.5f, -0.5f);
      assertThat(loss.forward(x, 0, 0)).as("a mean of nothing, as in PyTorch").isNaN();
    }
  }

  @Test
  void emptyBatchHasNoMeanAndSumZero() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 4));
      assertThat(new CrossEntropy().forward(x)).isNaN();
      assertThat(new CrossEntropy(0, null, Reduction.SUM).forward(x)).isZero();
      assertThat(new CrossEntropy().backward(x).shape()).isEqualTo(x.shape());
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.loss.LossReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every loss against its twin, for targets of the outputs' shape. */
class LossesTest {
  /** Elements from which the twins take most of the time. */
  private static final int LARGE = 10_000;

  /** All settings, for rows of so many classes. */
  private static List<Loss> losses(int classes) {
    Values v = Values.floats(classes);
    float[] weights = weights(v, classes);
    float[] positives = weights(v, classes);
    List<Loss> all = new ArrayList<>();
    for (Reduction r : Reduction.values()) {
      all.add(new Mse(r));
      all.add(new Huber(1, r));
      all.add(new Huber(0.3, r));
      all.add(new BceWithLogits(null, null, r));
      all.add(new BceWithLogits(weights, null, r));
      all.add(new BceWithLogits(null, positives, r));
      all.add(new BceWithLogits(weights, positives, r));
      all.add(new SigmoidFocal(0.25, 2, r));
      all.add(new SigmoidFocal(SigmoidFocal.NO_ALPHA, 0.5, r));
      all.add(new SigmoidFocal(1, 0, r));
      for (double gamma : new double[] {0.5, 2}) {
        all.add(new SoftmaxFocal(gamma, null, r, -100));
        all.add(new SoftmaxFocal(gamma, weights, r, -100));
      }
      for (float smoothing : new float[] {0, 0.1f, 1}) {
        all.add(new CrossEntropy(smoothing, null, r));
        all.add(new CrossEntropy(smoothing, weights, r));
      }
    }
    return all;
  }

  private static float[] weights(Values v, int classes) {
    float[] weights = new float[classes];
    for (int c = 0; c < classes; c++) {
      weights[c] = 1.25f + v.next();
    }
    return weights;
  }

  @TestFactory
  Stream<DynamicTest> everySettingAndOddSizes() {
    return Stream.of(
            Shape.of(1, 1),
            Shape.of(3, 1),
            Shape.of(1, 7),
            Shape.of(5, 17),
            Shape.of(4099, 10),
            Shape.of(3, 4097))
        .map(shape -> dynamicTest("of " + shape, () -> check(shape)));
  }

  private static void check(Shape shape) {
    boolean all = Suite.FULL || shape.elements() < LARGE;
    for (int spread : all ? new int[] {2, 60} : new int[] {2}) {
      Values v = Values.floats(Values.seedOf(shape) + spread);
      NdArray x = v.array(shape);
      NdArray y = v.array(shape);
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (float) (x.get(i) * spread));
        y.set(i, (float) (0.5 + 0.5 * y.get(i)));
      }
      for (Loss loss : losses((int) shape.dim(1))) {
        if (!all && loss.reduction() == Reduction.SUM) {
          continue; // in sizes that threads share it is the mean's code
        }
        check(loss, x, y, loss.type() + ", spread " + spread + ", " + v);
      }
    }
  }

  private static void check(Loss loss, NdArray x, NdArray y, String what) {
    double wanted = LossReference.forward(loss, x, y);
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor ty = Values.tensor(a, y);
      double value = p.run(loss.type(), () -> loss.forward(tx, ty));
      assertThat(value).as(what).isCloseTo(wanted, within(1e-9 * Math.max(1, Math.abs(wanted))));
      Tensor gx = p.run(loss.type(), () -> loss.backward(tx, ty));
      double typical = loss.reduction() == Reduction.SUM ? 0.1 : 0.1 / x.size();
      Compare.close("gradient, " + what, gx, LossReference.backward(loss, x, y), typical);
    }
  }

  /** Where exp would overflow, and where the loss is exactly 0 or the distance. */
  @Test
  void extremeLogits() {
    NdArray x = NdArray.of(Shape.of(2, 2), 1e4, -1e4, 1e4, -1e4);
    NdArray y = NdArray.of(Shape.of(2, 2), 1, 0, 0, 1);
    for (Loss loss : losses(2)) {
      check(loss, x, y, loss.toString());
    }
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor ty = Values.tensor(a, y);
      BceWithLogits bce = new BceWithLogits(null, null, Reduction.SUM);
      assertThat(bce.forward(tx, ty)).isEqualTo(2e4);
      assertThat(bce.backward(tx, ty).toArray()).containsExactly(0, 0, 1, -1);
      CrossEntropy ce = new CrossEntropy(0, null, Reduction.SUM);
      assertThat(ce.forward(tx, ty)).isEqualTo(2e4);
      assertThat(ce.backward(tx, ty).toArray()).containsExactly(0, 0, 1, -1);
    }
  }

  @Test
  void emptyBatchHasNoMeanAndSumZero() {
    try (Arena a = new Arena()) {
      Tensor x = a.tensor(Shape.of(0, 4));
      for (Loss loss : losses(4)) {
        Double wanted = loss.reduction() == Reduction.SUM ? 0 : Double.NaN;
        assertThat(loss.forward(x, x)).as(loss.toString()).isEqualTo(wanted);
        assertThat(loss.backward(x, x).shape()).isEqualTo(x.shape());
      }
    }
  }

  @Test
  void anyShapeGoesWhereNothingIsWeighed() {
    for (Shape shape : List.of(Shape.of(7), Shape.of(2, 3, 4, 5), Shape.of(3, 2, 2))) {
      Values v = Values.floats(Values.seedOf(shape));
      for (Loss loss : List.of(new Mse(), new Huber(0.5), new BceWithLogits())) {
        check(loss, v.array(shape), v.array(shape), loss + " of " + shape + ", " + v);
      }
    }
  }

  /** Each pixel of an image is a row of classes. */
  @Test
  void crossEntropyOfImages() {
    Shape shape = Shape.of(2, 5, 3, 4);
    Values v = Values.floats(3);
    NdArray x = v.array(shape);
    int[] labels = v.labels(2 * 3 * 4, 5);
    for (Reduction r : Reduction.values()) {
      for (float[] weights : new float[][] {null, weights(v, 5)}) {
        CrossEntropy loss = new CrossEntropy(0.1f, weights, r);
        check(loss, x, v.array(shape), loss + ", " + v);
        try (Arena a = new Arena()) {
          Tensor tx = Values.tensor(a, x);
          double wanted = CrossEntropyReference.forward(loss, x, labels);
          assertThat(loss.forward(tx, labels)).isCloseTo(wanted, within(1e-9 * wanted));
          Compare.close(
              "gradient, " + loss,
              loss.backward(tx, labels),
              CrossEntropyReference.backward(loss, x, labels));
        }
      }
    }
  }

  /** Labels, of which some are ignored, and targets; one class has a sigmoid. */
  @Test
  void diceOfImagesAndSignals() {
    for (Shape shape : List.of(Shape.of(2, 3, 5), Shape.of(3, 1, 4, 7), Shape.of(1, 17, 33, 9))) {
      int classes = (int) shape.dim(1);
      for (Reduction r : Reduction.values()) {
        for (int ignored : new int[] {-100, 0}) {
          Dice loss = new Dice(0.5, r, ignored);
          Values v = Values.floats(Values.seedOf(shape) + ignored);
          NdArray x = v.array(shape);
          NdArray y = v.array(shape);
          for (int i = 0; i < y.size(); i++) {
            x.set(i, (float) (3 * x.get(i)));
            y.set(i, (float) (0.5 + 0.5 * y.get(i)));
          }
          check(loss, x, y, loss + " of " + shape + ", " + v);
          int[] labels = v.labels(x.size() / classes, classes == 1 ? 2 : classes);
          labels[1] = ignored;
          checkLabels(loss, x, labels);
        }
      }
    }
  }

  @Test
  void softmaxFocalOfLabels() {
    for (Shape shape : List.of(Shape.of(7, 3), Shape.of(2, 3, 5), Shape.of(3, 3, 4, 7))) {
      Values v = Values.floats(Values.seedOf(shape));
      for (Reduction r : Reduction.values()) {
        for (float[] weights : new float[][] {null, weights(v, 3)}) {
          int[] labels = v.labels((int) (shape.elements() / 3), 3);
          labels[2] = 255;
          checkLabels(new SoftmaxFocal(2, weights, r, 255), v.array(shape), labels);
        }
      }
    }
  }

  private static void checkLabels(Loss loss, NdArray x, int[] labels) {
    double wanted = LossReference.forward(loss, x, labels);
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      double value =
          p.run(
              loss.type(),
              () ->
                  loss instanceof Dice d
                      ? d.forward(tx, labels)
                      : ((SoftmaxFocal) loss).forward(tx, labels));
      assertThat(value).as(loss.toString()).isCloseTo(wanted, within(1e-9 * wanted));
      Tensor gx =
          loss instanceof Dice d
              ? d.backward(tx, labels)
              : ((SoftmaxFocal) loss).backward(tx, labels);
      Compare.close("gradient, " + loss, gx, LossReference.backward(loss, x, labels));
    }
  }

  /** What the focal losses are without a gamma. */
  @Test
  void aGammaOfZeroIsCrossEntropy() {
    Values v = Values.floats(9);
    NdArray x = v.array(6, 4);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor ty = Values.tensor(a, v.array(6, 4));
      int[] labels = v.labels(6, 4);
      assertThat(new SoftmaxFocal(0).forward(tx, labels))
          .isEqualTo(new CrossEntropy().forward(tx, labels));
      assertThat(new SoftmaxFocal(0).backward(tx, labels).toArray())
          .isEqualTo(new CrossEntropy().backward(tx, labels).toArray());
      assertThat(new SigmoidFocal(SigmoidFocal.NO_ALPHA, 0).forward(tx, ty))
          .isCloseTo(new BceWithLogits().forward(tx, ty), within(1e-12));
    }
  }

  @Test
  void nanIsNotHidden() {
    try (Arena a = new Arena()) {
      Tensor nan = a.tensor(Shape.of(1, 2), Float.NaN, 0);
      Tensor half = a.tensor(Shape.of(1, 2), 0.5f, 0.5f);
      for (Loss loss : losses(2)) {
        for (Tensor[] pair : new Tensor[][] {{nan, half}, {half, nan}}) {
          assertThat(loss.forward(pair[0], pair[1])).as(loss.toString()).isNaN();
          assertThat(loss.backward(pair[0], pair[1]).toArray()[0]).as(loss.toString()).isNaN();
        }
      }
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Fully convolutional networks learn a class at each pixel from data sets. */
class PositionFitTest {
  private static final int SIDE = 12;
  private static final int IGNORED = 255;

  private static final Network NETWORK =
      Network.of(
          "segments",
          Shape.of(1, SIDE, SIDE),
          new Conv2d(8, 3).padding(1),
          new Relu(),
          new Conv2d(8, 3).padding(1),
          new Relu(),
          new Conv2d(3, 1));

  /** Squares, bright or of stripes, on noise; the rim of the picture is labeled {@code rim}. */
  private static Dataset squares(int n, long seed, int rim) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[n * SIDE * SIDE];
    float[] labels = new float[pixels.length];
    for (int i = 0; i < n; i++) {
      int kind = 1 + random.nextInt(2);
      int size = 4 + random.nextInt(4);
      int top = random.nextInt(SIDE - size);
      int left = random.nextInt(SIDE - size);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          int at = (i * SIDE + y) * SIDE + x;
          boolean inside = y >= top && y < top + size && x >= left && x < left + size;
          boolean bright = inside && (kind == 1 || (x + y) % 2 == 0);
          pixels[at] = (byte) ((bright ? 200 : 0) + random.nextInt(50));
          boolean atRim = y == 0 || x == 0 || y == SIDE - 1 || x == SIDE - 1;
          labels[at] = atRim ? rim : inside ? kind : 0;
        }
      }
    }
    return Dataset.ofTargets(
        "squares", Shape.of(1, SIDE, SIDE), pixels, Shape.of(SIDE, SIDE), FloatBuffer.wrap(labels));
  }

  private static TrainerBuilder trainer(Loss loss) {
    return Trainer.builder(NETWORK).batch(20).optimizer(new Adam(0.01f)).loss(loss);
  }

  static Stream<Loss> losses() {
    return Stream.of(
        new CrossEntropy().ignoreIndex(IGNORED),
        new SoftmaxFocal().ignoreIndex(IGNORED),
        new Dice().ignoreIndex(IGNORED));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void fitLearnsAndEvaluationCountsPixelsThatAreNotIgnored(Loss loss) {
    Dataset test = squares(30, 2, IGNORED);
    try (Trainer t = trainer(loss).validation(test).build()) {
      History h = t.fit(squares(200, 1, IGNORED), 8);
      assertThat(h.epochs().get(7).accuracy()).isGreaterThan(0.9);
      Evaluation e = t.evaluate(test);
      assertThat(h.epochs().get(7).validation()).hasValue(e);
      assertThat(e.accuracy()).isBetween(0.9, 1.0);
      try (Model m = Model.of(t.modelData(List.of(), Map.of()))) {
        double[] wanted = shareRightAndLoss(m, test);
        assertThat(e.accuracy()).isCloseTo(wanted[0], within(1e-12));
        assertThat(m.evaluate(test, loss).accuracy()).isEqualTo(e.accuracy());
        if (loss instanceof CrossEntropy) { // whatever the batches, whose rims differ in share
          assertThat(e.loss()).isCloseTo(wanted[1], within(1e-6));
          assertThat(m.evaluate(test, loss).loss()).isCloseTo(e.loss(), within(1e-9));
        }
      }
    }
  }

  private static double[] shareRightAndLoss(Model m, Dataset test) {
    long right = 0;
    long all = 0;
    double loss = 0;
    try (Arena arena = new Arena()) {
      for (int i = 0; i < test.size(); i++) {
        float[] pixels = new float[SIDE * SIDE];
        byte[] image = test.image(i);
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (image[p] & 0xff) / 255f;
        }
        float[] out = m.predict(arena.tensor(NETWORK.input().batch(1), pixels)).toArray();
        float[] target = test.target(i);
        for (int p = 0; p < pixels.length; p++) {
          if (target[p] != IGNORED) {
            int best = 0;
            double sum = 0;
            for (int c = 0; c < 3; c++) {
              best = out[c * pixels.length + p] > out[best * pixels.length + p] ? c : best;
              sum += Math.exp(out[c * pixels.length + p]);
            }
            all++;
            right += best == target[p] ? 1 : 0;
            loss += Math.log(sum) - out[(int) target[p] * pixels.length + p];
          }
        }
      }
    }
    return new double[] {(double) right / all, loss / all};
  }

  @Test
  void goesOnInTheMiddleOfAnEpochToTheSameHistory() {
    Dataset data = squares(60, 3, IGNORED);
    Loss loss = new CrossEntropy().ignoreIndex(IGNORED);
    List<TrainingState> states = new ArrayList<>();
    History whole;
    try (Trainer t = trainer(loss).build()) {
      whole =
          t.fit(
              data,
              2,
              new TrainingListener() {
                @Override
                public void onStep(Step s) {
                  states.add(t.state());
                }
              });
    }
    try (Trainer t = trainer(loss).build()) {
      t.restore(states.get(1));
      History rest = t.fit(data, 2);
      for (int i = 0; i < 2; i++) {
        assertThat(rest.epochs().get(i).accuracy()).isEqualTo(whole.epochs().get(i).accuracy());
        assertThat(rest.epochs().get(i).loss()).isEqualTo(whole.epochs().get(i).loss());
      }
    }
  }

  @Test
  void aLabelThatIsNoneNamesItsSampleAndTheTrainerGoesOn() {
    try (Trainer t = trainer(new CrossEntropy()).build()) {
      assertThatThrownBy(() -> t.fit(squares(20, 1, 7), 1))
          .isInstanceOf(DataException.class)
          .hasMessageMatching(
              "data set squares: copyTarget of sample \\d+ wrote an invalid target: "
                  + "7.0 at 0 is neither one of 3 classes nor the ignored -100");
      assertThatThrownBy(() -> t.evaluate(squares(20, 1, 7))).isInstanceOf(DataException.class);
      assertThat(t.fit(squares(20, 1, 0), 1).epochs()).hasSize(1);
    }
  }

  @Test
  void aDataSetOfOtherTargetsOrOfLabelsIsRefused() {
    Dataset labels =
        Dataset.of("l", NETWORK.input(), List.of("a", "b", "c"), new byte[SIDE * SIDE], new int[1]);
    Dataset flat = labels.withTargets(Shape.of(SIDE * SIDE), FloatBuffer.allocate(SIDE * SIDE));
    try (Trainer t = trainer(new CrossEntropy()).build()) {
      assertThatThrownBy(() -> t.fit(labels, 1))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("output 3x12x12 expects targets with a label at each position");
      assertThatThrownBy(() -> t.fit(flat, 1))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("output 3x12x12 does not fit the targets 144");
    }
  }

  @Test
  void anEvaluationOfNothingSaysSo() {
    Dataset none =
        Dataset.ofTargets(
            "none",
            NETWORK.input(),
            new byte[SIDE * SIDE],
            Shape.of(SIDE, SIDE),
            FloatBuffer.wrap(filled(SIDE * SIDE, -100)));
    try (Trainer t = trainer(new CrossEntropy()).build()) {
      assertThatThrownBy(() -> t.evaluate(none))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("evaluate: data set none has only ignored labels");
      assertThat(t.fit(none, 1).epochs().get(0).loss()).isZero();
    }
  }

  private static float[] filled(int n, float value) {
    float[] all = new float[n];
    java.util.Arrays.fill(all, value);
    return all;
  }

  /** A step on a tensor of labels is one on a set of them. */
  @Test
  void aStepIsAFit() {
    Dataset data = squares(20, 4, IGNORED);
    float[] pixels = new float[20 * SIDE * SIDE];
    float[] labels = new float[pixels.length];
    for (int i = 0; i < 20; i++) {
      for (int p = 0; p < SIDE * SIDE; p++) {
        pixels[i * SIDE * SIDE + p] = (data.image(i)[p] & 0xff) / 255f;
      }
      System.arraycopy(data.target(i), 0, labels, i * SIDE * SIDE, SIDE * SIDE);
    }
    Loss loss = new CrossEntropy().ignoreIndex(IGNORED);
    try (Trainer fit = trainer(loss).build();
        Trainer step = trainer(loss).build();
        Arena arena = new Arena()) {
      Tensor x = arena.tensor(NETWORK.input().batch(20), pixels);
      Tensor y = arena.tensor(Shape.of(20, SIDE, SIDE), labels);
      assertThat(step.step(x, y)).isCloseTo(fit.fit(data, 1).epochs().get(0).loss(), within(1e-6));
    }
  }
}

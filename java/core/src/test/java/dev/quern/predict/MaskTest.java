package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Classes of pixels from one channel: outside and inside. */
class MaskTest {
  private static final int SIDE = 8;
  private static final Shape SHAPE = Shape.of(1, SIDE, SIDE);
  private static final Task TASK = Task.pixelClasses("outside", "inside");

  static Stream<Loss> losses() {
    return Stream.of(new Dice(), new BceWithLogits(), new SigmoidFocal());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void isLearntScoredAndAnswered(Loss loss) {
    Dataset halves = halves();
    for (Network network :
        List.of(network(TASK.withLoss(loss)), network(TASK.withLoss(loss), new Sigmoid()))) {
      try (Trainer trainer =
          Trainer.builder(network)
              .batch(64)
              .normalization(halves.normalization())
              .optimizer(new Adam(0.02f))
              .build()) {
        trainer.fit(halves, 20);
        Evaluation e = trainer.evaluate(halves);
        assertThat(e.metric("mean_iou")).isGreaterThan(0.95);
        assertThat(trainer.report(halves).values().iterator().next().rows())
            .extracting(r -> r.name())
            .containsExactly("outside", "inside");
        try (Model model = Model.of(trainer.modelData(Map.of()))) {
          assertThat(model.evaluate(halves)).isEqualTo(e);
          Image picture = Image.of(SHAPE, halves.image(0));
          Prediction.PixelClasses of =
              (Prediction.PixelClasses) model.predict(picture).values().iterator().next();
          assertThat(of.classes()).containsExactly("outside", "inside");
          assertThat(of.labels()).contains(0, 1);
          for (float p : of.probabilities()) {
            assertThat(p).isBetween(0.5f, 1f);
          }
        }
      }
    }
  }

  @Test
  void lossesOfClassesThatExcludeEachOtherAreRefused() {
    for (Task task : List.of(TASK, TASK.withLoss(new SoftmaxFocal()))) {
      assertThatThrownBy(() -> Trainer.builder(network(task)).build())
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("one class at each position");
    }
    assertThatThrownBy(() -> network(Task.pixelClasses("inside")))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("1 class names do not fit");
  }

  private static Network network(Task task, Layer... more) {
    var b = Network.builder("mask", SHAPE).add(new Conv2d(4, 3).padding(1)).add(new Relu());
    b.add(new Conv2d(1, 1));
    for (Layer layer : more) {
      b.add(layer);
    }
    return b.task(task).build();
  }

  /** Bright where the mask is. */
  private static Dataset halves() {
    Random random = new Random(1);
    byte[] pixels = new byte[256 * SIDE * SIDE];
    float[] mask = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      mask[i] = (i / (SIDE * SIDE) + i % SIDE / 4) % 2;
      pixels[i] = (byte) (mask[i] * 150 + random.nextInt(60));
    }
    return Dataset.ofTargets("halves", SHAPE, pixels, SHAPE, FloatBuffer.wrap(mask));
  }
}

package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.data.TestTimeAugmentation.View;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.Mse;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Answers averaged over views of an image, against the same done by hand. */
class TestTimeAugmentationTest {
  private static final Network NET =
      Network.of("net", Shape.of(1, 12, 12), new Conv2d(3, 3), new Flatten(), new Linear(4));
  private static final Dataset DATA = Synthetic.quarters(70, 1); // more than an evaluation's batch

  private static byte[] seen(int down, int right, boolean mirrored) {
    byte[] image = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    Dataset one = Dataset.of("one", Shape.of(1, 3, 3), List.of("a"), image, new int[] {0});
    return TestTimeAugmentation.of(one, new View(down, right, mirrored, 1)).image(0);
  }

  @Test
  void aViewMovesReflectsAndMirrors() {
    assertThat(seen(0, 0, false)).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
    assertThat(seen(0, 0, true)).containsExactly(3, 2, 1, 6, 5, 4, 9, 8, 7);
    assertThat(seen(1, 0, false)).containsExactly(4, 5, 6, 1, 2, 3, 4, 5, 6);
    assertThat(seen(0, -1, false)).containsExactly(2, 3, 2, 5, 6, 5, 8, 9, 8);
    assertThat(seen(-1, 1, true)).containsExactly(5, 4, 5, 8, 7, 8, 5, 4, 5);
  }

  /** Cross-entropy and accuracy of logits averaged by hand. */
  @Test
  void logitsAreAveraged() {
    TestTimeAugmentation six = TestTimeAugmentation.flipAndShift();
    try (Trainer t = Trainer.builder(NET).batch(64).build()) {
      t.fit(DATA.slice(0, 64), 1);
      Evaluation got = t.evaluate(DATA, six);
      try (Model model = Model.of(t.modelData(DATA.classes(), Map.of()))) {
        assertThat(model.evaluate(DATA, six)).isEqualTo(got);
        assertThat(model.report(DATA, six).get("linear1").metrics()).isEqualTo(got.metrics());
        assertThat(model.report(DATA).get("linear1").metrics()).isNotEqualTo(got.metrics());
        double loss = 0;
        int right = 0;
        for (int i = 0; i < DATA.size(); i++) {
          double[] logits = averaged(model, six, i);
          double sum = 0;
          int best = 0;
          for (int c = 0; c < 4; c++) {
            sum += Math.exp(logits[c]);
            best = logits[c] > logits[best] ? c : best;
          }
          loss += Math.log(sum) - logits[DATA.label(i)];
          right += best == DATA.label(i) ? 1 : 0;
        }
        assertThat(got.loss()).isCloseTo(loss / DATA.size(), offset(1e-5));
        assertThat(got.accuracy()).isEqualTo((double) right / DATA.size());
        assertThat(got.loss()).isNotEqualTo(model.evaluate(DATA).loss());
      }
    }
  }

  private static double[] averaged(Model model, TestTimeAugmentation how, int index) {
    double[] logits = new double[4];
    double weights = how.views().stream().mapToDouble(View::weight).sum();
    for (View view : how.views()) {
      byte[] image = TestTimeAugmentation.of(DATA, view).image(index);
      float[] x = new float[image.length];
      for (int p = 0; p < x.length; p++) {
        x[p] = (image[p] & 255) / 255f;
      }
      try (Arena a = new Arena()) {
        float[] y = model.predict(a.tensor(Shape.of(1, 1, 12, 12), x)).toArray();
        for (int c = 0; c < 4; c++) {
          logits[c] += view.weight() / weights * y[c];
        }
      }
    }
    return logits;
  }

  /** A mask of the mirrored image is no mask of the image. */
  @Test
  void answersWithPlacesAreRefused() {
    Network net = Network.of("net", Shape.of(1, 12, 12), new Conv2d(4, 3));
    try (Trainer t = Trainer.builder(net).batch(8).loss(new Mse()).build()) {
      assertThatThrownBy(() -> t.evaluate(DATA, TestTimeAugmentation.flip()))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("output conv2d1 of 4x10x10 predicts positions in the image");
    }
  }

  @Test
  void refuses() {
    assertThatThrownBy(() -> new TestTimeAugmentation(List.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("list of views is empty");
    assertThatThrownBy(() -> new View(0, 0, false, 0)).hasMessageContaining("weight 0.0");
    assertThatThrownBy(() -> TestTimeAugmentation.of(DATA, new View(12, 0, false, 1)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("1x12x12");
    assertThatThrownBy(
            () -> TestTimeAugmentation.of(DATA, new View(Integer.MIN_VALUE, 0, false, 1)))
        .isInstanceOf(ShapeException.class);
  }
}

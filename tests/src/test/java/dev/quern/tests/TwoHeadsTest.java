package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.io.NetworkJson;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Mse;
import dev.quern.metric.Metrics;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks of two outputs, and of two inputs, learn from data sets by name. */
class TwoHeadsTest {
  private static final int SIDE = 12;
  private static final Shape IMAGE = Shape.of(1, SIDE, SIDE);
  private static final List<String> CLASSES = List.of("wide", "high");

  @TempDir Path folder;

  /**
   * Pictures of bars that lie or stand, and how long they are; readings that only say which way.
   */
  private record Bars(Dataset images, Dataset lengths, Dataset readings) {
    static Bars of(int n, long seed) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] pixels = new byte[n * SIDE * SIDE];
      int[] labels = new int[n];
      float[][] lengths = new float[n][1];
      float[] readings = new float[n * 2];
      for (int i = 0; i < n; i++) {
        labels[i] = random.nextInt(2);
        int length = 3 + random.nextInt(8);
        int at = random.nextInt(SIDE - length);
        int across = random.nextInt(SIDE - 1);
        for (int k = 0; k < 2 * length; k++) {
          int along = at + k / 2;
          int y = labels[i] == 0 ? across + k % 2 : along;
          int x = labels[i] == 0 ? along : across + k % 2;
          pixels[(i * SIDE + y) * SIDE + x] = (byte) (180 + random.nextInt(70));
        }
        lengths[i][0] = length / 10f;
        readings[2 * i + labels[i]] = 1 + (float) random.nextDouble();
      }
      Dataset images = Dataset.of("bars", IMAGE, CLASSES, pixels, labels);
      return new Bars(
          images,
          images.withTargets(lengths),
          Dataset.of("readings", Shape.of(2), CLASSES, readings, labels));
    }

    MultiDataset heads() {
      return MultiDataset.of(
          Map.of("image", images), Map.of("direction", images, "length", lengths));
    }

    MultiDataset inputs() {
      return MultiDataset.of(
          Map.of("image", images, "reading", readings), Map.of("direction", images));
    }
  }

  private static final Network HEADS =
      Network.builder("heads")
          .input("image", IMAGE)
          .add("conv", new Conv2d(8, 3).padding(1))
          .add("relu", new Relu())
          .add("pool", new MaxPool2d(2))
          .add("flat", new Flatten())
          .add("body", new Linear(32))
          .add("relu2", new Relu())
          .add("direction", new Linear(2))
          .add("length", new Linear(1), "relu2")
          .output("direction", Task.singleLabel("wide", "high"))
          .output("length", Task.regression("length").withWeight(4))
          .build();

  private static final Network INPUTS =
      Network.builder("inputs")
          .input("image", IMAGE)
          .input("reading", Shape.of(2))
          .add("flat", new Flatten(), "image")
          .add("left", new Linear(16))
          .add("right", new Linear(16), "reading")
          .add("sum", new Add(), "left", "right")
          .add("relu", new Relu())
          .add("direction", new Linear(2))
          .output("direction", Task.singleLabel("wide", "high"))
          .build();

  @Test
  void twoHeadsLearnTogether() {
    assertThat(NetworkJson.read(NetworkJson.write(HEADS))).isEqualTo(HEADS);
    Bars train = Bars.of(400, 1);
    Bars test = Bars.of(60, 2);
    scenario(HEADS, train.heads(), test.heads()).check(folder, t -> bothAreRight(t, test));
  }

  @Test
  void twoInputsAreRead() {
    assertThat(NetworkJson.read(NetworkJson.write(INPUTS))).isEqualTo(INPUTS);
    Bars train = Bars.of(400, 1);
    Bars test = Bars.of(60, 2);
    scenario(INPUTS, train.inputs(), test.inputs())
        .check(
            folder,
            t -> assertThat(t.evaluate(test.inputs()).accuracy()).as("by reading").isEqualTo(1));
  }

  private static TrainingScenario scenario(Network net, MultiDataset train, MultiDataset test) {
    return new TrainingScenario(
        () -> Trainer.builder(net).batch(20).optimizer(new Adam(0.005f)).validation(test),
        (trainer, epochs, listener) -> trainer.fit(train, epochs, listener),
        trainer -> trainer.evaluate(test),
        8);
  }

  private static void bothAreRight(Trainer trained, Bars test) {
    int n = test.images().size();
    try (Model model = Model.of(trained.modelData(Map.of()));
        Arena arena = new Arena()) {
      float[] pixels = new float[n * SIDE * SIDE];
      float[] lengths = new float[n];
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        byte[] image = test.images().image(i);
        for (int p = 0; p < image.length; p++) {
          pixels[i * image.length + p] = (image[p] & 0xff) / 255f;
        }
        lengths[i] = test.lengths().target(i)[0];
        labels[i] = test.images().label(i);
      }
      Map<String, Tensor> in = new LinkedHashMap<>();
      in.put("image", arena.tensor(IMAGE.batch(n), pixels));
      Map<String, Tensor> out = model.predict(in);
      assertThat(Metrics.accuracy(out.get("direction"), labels)).isGreaterThan(0.95);
      Tensor wanted = arena.tensor(Shape.of(n, 1), lengths);
      assertThat(Metrics.r2(out.get("length"), wanted)).isGreaterThan(0.8);
      double direction = new CrossEntropy().forward(out.get("direction"), labels);
      double length = new Mse().forward(out.get("length"), wanted);
      assertThat(trained.evaluate(test.heads()).loss())
          .as("the sum of both losses, each times its weight")
          .isCloseTo(direction + 4 * length, within(1e-5));
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.io.NetworkJson;
import dev.quern.layer.Conv2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An autoencoder learns to draw what it saw, through a narrow middle. */
class AutoencoderTest {
  private static final int SIDE = 16;

  @TempDir Path folder;

  private static final Network NETWORK =
      Network.builder("autoencoder", Shape.of(1, SIDE, SIDE))
          .add("down1", new Conv2d(8, 3).padding(1).stride(2))
          .add("relu1", new Relu())
          .add("down2", new Conv2d(8, 3).padding(1).stride(2))
          .add("relu2", new Relu())
          .add("up1", new UpsampleNearest2d(2))
          .add("conv1", new Conv2d(8, 3).padding(1))
          .add("relu3", new Relu())
          .add("up2", new UpsampleNearest2d(2))
          .add("image", new Conv2d(1, 3).padding(1))
          .task(Task.image())
          .build();

  /** Bright rectangles on dark ground. */
  private static Dataset rectangles(int n, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[n * SIDE * SIDE];
    for (int i = 0; i < n; i++) {
      int height = 4 + random.nextInt(8);
      int width = 4 + random.nextInt(8);
      int top = random.nextInt(SIDE - height);
      int left = random.nextInt(SIDE - width);
      for (int y = top; y < top + height; y++) {
        for (int x = left; x < left + width; x++) {
          pixels[(i * SIDE + y) * SIDE + x] = (byte) 230;
        }
      }
    }
    return Dataset.of("rectangles", NETWORK.input(), List.of("rectangle"), pixels, new int[n])
        .withSamplesAsTargets();
  }

  @Test
  void autoencoderDrawsWhatItSees() {
    assertThat(NetworkJson.read(NetworkJson.write(NETWORK))).isEqualTo(NETWORK);
    Dataset train = rectangles(320, 1);
    Dataset test = rectangles(40, 2);
    new TrainingScenario(
            () -> Trainer.builder(NETWORK).batch(16).optimizer(new Adam(0.01f)).validation(test),
            (trainer, epochs, listener) -> trainer.fit(train, epochs, listener),
            trainer -> trainer.evaluate(test),
            40)
        .check(folder, trained -> draws(trained, test));
  }

  private static void draws(Trainer trained, Dataset test) {
    Scorer scorer = Scorer.image(1);
    try (Model model = Model.of(trained.modelData(Map.of()));
        Arena arena = new Arena()) {
      assertThat(model.network().task().kind()).isEqualTo(Task.Kind.IMAGE);
      for (int i = 0; i < test.size(); i++) {
        float[] image = test.target(i); // bytes scaled to [0, 1], as the input is
        float[] drawn = model.predict(arena.tensor(test.shape().batch(1), image)).toArray();
        scorer.add(1, drawn, image);
      }
    }
    assertThat(scorer.report().metric("psnr")).as("%s", scorer.report()).isGreaterThan(20);
    double mse = Math.pow(scorer.report().metric("rmse"), 2);
    assertThat(trained.evaluate(test).loss()).isCloseTo(mse, within(1e-6));
  }
}

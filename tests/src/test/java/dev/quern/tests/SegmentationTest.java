package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.io.ModelFile;
import dev.quern.io.NetworkJson;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.shape.Concat;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.optim.Adam;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A U-Net learns which pixels are a disc and which a square, in noise, and finds them at any size.
 */
class SegmentationTest {
  private static final int SIDE = 24;
  private static final int EPOCHS = 6;
  private static final List<String> CLASSES = List.of("ground", "disc", "square");

  @TempDir Path folder;

  /** Two steps down and up again, each level joined with what came down. */
  private static Network unet(Shape input) {
    NetworkBuilder b = Network.builder("unet", input);
    block(b, "down1", 8);
    b.add("pool1", new MaxPool2d(2));
    block(b, "down2", 16);
    b.add("pool2", new MaxPool2d(2));
    block(b, "middle", 24);
    b.add("up2", new ConvTranspose2d(16, 2).stride(2));
    b.add("join2", new Concat(), "up2", "down2.relu");
    block(b, "out2", 16);
    b.add("up1", new ConvTranspose2d(8, 2).stride(2));
    b.add("join1", new Concat(), "up1", "down1.relu");
    block(b, "out1", 8);
    return b.add("classes", new Conv2d(CLASSES.size(), 1))
        .task(Task.pixelClasses(CLASSES.toArray(String[]::new)))
        .build();
  }

  private static void block(NetworkBuilder b, String name, int channels) {
    b.add(name + ".conv", new Conv2d(channels, 3).padding(1).bias(false))
        .add(name + ".bn", new BatchNorm2d())
        .add(name + ".relu", new Relu());
  }

  /** A disc and a square a picture, as bright as each other, the square in front. */
  private static Dataset shapes(int n, int height, int width, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] pixels = new byte[n * height * width];
    float[] labels = new float[pixels.length];
    for (int i = 0; i < n; i++) {
      int radius = 4 + random.nextInt(3);
      int cy = radius + random.nextInt(height - 2 * radius);
      int cx = radius + random.nextInt(width - 2 * radius);
      int side = 7 + random.nextInt(5);
      int top = random.nextInt(height - side);
      int left = random.nextInt(width - side);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int at = (i * height + y) * width + x;
          boolean disc = (y - cy) * (y - cy) + (x - cx) * (x - cx) <= radius * radius;
          boolean square = y >= top && y < top + side && x >= left && x < left + side;
          labels[at] = square ? 2 : disc ? 1 : 0;
          int base = square ? 150 : disc ? 230 : 40;
          pixels[at] = (byte) Math.min(255, base + random.nextInt(60) - 30);
        }
      }
    }
    Shape input = Shape.of(1, height, width);
    Shape target = Shape.of(height, width);
    return Dataset.ofTargets("shapes", input, pixels, target, FloatBuffer.wrap(labels))
        .withClasses(CLASSES);
  }

  @Test
  void unetFindsTheShapes() {
    Network network = NetworkJson.read(NetworkJson.write(unet(Shape.of(1, SIDE, SIDE))));
    assertThat(network.task()).isEqualTo(unet(Shape.of(1, SIDE, SIDE)).task());
    Dataset train = shapes(240, SIDE, SIDE, 1);
    Dataset test = shapes(40, SIDE, SIDE, 2);
    new TrainingScenario(
            () -> trainer(network).validation(test),
            (trainer, epochs, listener) -> trainer.fit(train, epochs, listener),
            trainer -> trainer.evaluate(test),
            EPOCHS)
        .check(folder.resolve("run"), trained -> check(trained, test));
  }

  private static TrainerBuilder trainer(Network network) {
    return Trainer.builder(network).batch(16).optimizer(new Adam(0.01f));
  }

  private void check(Trainer trained, Dataset test) {
    Path file = folder.resolve("unet.safetensors");
    ModelFile.save(file, trained.modelData(Map.of()));
    try (Model model = Model.load(file)) {
      Report report = report(model, test);
      assertThat(report.metric("mean_iou")).isGreaterThan(0.9);
      Evaluation e = trained.evaluate(test);
      assertThat(report.metric("pixel_accuracy")).isEqualTo(e.accuracy());
      assertThat(model.evaluate(test).accuracy()).isEqualTo(e.accuracy());
      assertThat(model.evaluate(test).loss()).isCloseTo(e.loss(), within(1e-9));
      anySize(model.data());
    }
  }

  /** The same weights on pictures of another size, which no plan was made for. */
  private static void anySize(ModelData data) {
    Network free = unet(Shape.of(1, Shape.FREE, Shape.FREE));
    try (Model model = Model.of(new ModelData(free, data.weights(), Map.of(), Map.of()))) {
      for (int[] size : new int[][] {{28, 40}, {60, 20}}) {
        Report report = report(model, shapes(20, size[0], size[1], 3));
        assertThat(report.metric("mean_iou")).as("%d x %d", size[0], size[1]).isGreaterThan(0.9);
      }
    }
  }

  private static Report report(Model model, Dataset test) {
    Scorer scorer = Scorer.pixelClasses(CLASSES.size(), CLASSES, null);
    try (Arena arena = new Arena()) {
      for (int i = 0; i < test.size(); i++) {
        byte[] image = test.image(i);
        float[] pixels = new float[image.length];
        for (int p = 0; p < pixels.length; p++) {
          pixels[p] = (image[p] & 0xff) / 255f;
        }
        Tensor answer = model.predict(arena.tensor(test.shape().batch(1), pixels));
        scorer.add(1, answer.toArray(), test.target(i));
      }
    }
    return scorer.report();
  }
}

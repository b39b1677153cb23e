package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Small models, and what is asked of them. */
final class ServedModels {
  static final Shape SHAPE = Shape.of(3, 8, 8);

  private ServedModels() {}

  static ModelData data(long seed) {
    Network network =
        Network.builder("small", SHAPE)
            .add(new Conv2d(8, 3).padding(1))
            .add(new Relu())
            .add(new Flatten())
            .add("scores", new Linear(3))
            .task(Task.singleLabel("cat", "dog", "owl"))
            .build();
    return ModelData.untrained(network, seed);
  }

  static Model model(long seed) {
    return Model.of(data(seed));
  }

  static float[] values(long seed, int samples) {
    return values(seed, SHAPE.batch(samples));
  }

  static float[] values(long seed, Shape shape) {
    Random random = new Random(seed);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** What a model says of samples alone. */
  static float[] alone(Model model, float... values) {
    return alone(model, new TensorValues(SHAPE.batch(values.length / SHAPE.elements()), values));
  }

  static float[] alone(Model model, TensorValues samples) {
    try (Arena arena = new Arena()) {
      return model.predict(arena.tensor(samples.shape(), samples.values())).toArray();
    }
  }

  static byte[] png(long seed) {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(seed);
    for (int i = 0; i < 64; i++) {
      image.setRGB(i % 8, i / 8, random.nextInt(1 << 24));
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static Image image(long seed) {
    return Image.read(png(seed));
  }
}

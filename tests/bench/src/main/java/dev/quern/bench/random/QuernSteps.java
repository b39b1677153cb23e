package dev.quern.bench.random;

import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/**
 * Steps of Quern on one batch of N(0, 1) values. The loss is cross-entropy of random labels, or
 * where the network puts out a map, the mean squared error to random values.
 */
final class QuernSteps {
  static final float RATE = 0.01f;
  static final float MOMENTUM = 0.9f;

  private final Network network;
  private final float[] images;
  private final Shape shape;
  private final int[] labels;
  private final float[] targets;

  QuernSteps(Network network, int batch) {
    this.network = network;
    Random random = new Random(1);
    shape = network.input().batch(batch);
    images = normal(random, shape);
    boolean map = isMap(network);
    targets = map ? normal(random, network.output().batch(batch)) : new float[0];
    labels = map ? new int[0] : random.ints(batch, 0, (int) network.output().elements()).toArray();
  }

  static boolean isMap(Network network) {
    return network.output().rank() > 1;
  }

  float[] images() {
    return images;
  }

  int[] labels() {
    return labels;
  }

  float[] targets() {
    return targets;
  }

  Timing train(double seconds) {
    return train(ModelData.untrained(network, 1), step -> Timing.of(step, seconds));
  }

  /** Training that begins with these weights. */
  <T> T train(ModelData data, Function<DoubleSupplier, T> with) {
    try (Arena arena = new Arena();
        Trainer trainer =
            Trainer.builder(network)
                .batch((int) shape.dim(0))
                .optimizer(new Sgd(RATE, MOMENTUM))
                .weights(data.weights())
                .build()) {
      Tensor input = arena.tensor(shape).copyFrom(images);
      if (!isMap(network)) {
        return with.apply(() -> trainer.step(input, labels));
      }
      Tensor target = arena.tensor(network.output().batch((int) shape.dim(0))).copyFrom(targets);
      return with.apply(() -> trainer.step(input, target));
    }
  }

  Timing infer(double seconds) {
    try (Model model = Model.of(ModelData.untrained(network, 1));
        Arena arena = new Arena()) {
      Tensor input = arena.tensor(shape).copyFrom(images);
      return Timing.of(
          () -> {
            model.predict(input);
            return Double.NaN;
          },
          seconds);
    }
  }

  float[] predict(ModelData data) {
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      return model.predict(arena.tensor(shape).copyFrom(images)).toArray();
    }
  }

  private static float[] normal(Random random, Shape shape) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}

package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Preprocessing.Channels;
import dev.quern.data.Preprocessing.Fit;
import dev.quern.init.Init;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A network is given the same input in training, in evaluation and from a batch, to the bit. */
class PreprocessingBitsTest {
  private static final int IMAGES = 5;

  /** Writes down what comes to it. */
  private static final class Witness implements CustomLayer {
    final List<double[]> seen = new ArrayList<>();

    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      seen.add(pass.input().clone());
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    }

    @Override
    public void backward(Backward pass) {}
  }

  private static List<Image> images(long seed) {
    Random random = new Random(seed);
    List<Image> all = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Shape shape = Shape.of(i % 2 == 0 ? 3 : 1, 3 + random.nextInt(30), 3 + random.nextInt(30));
      byte[] pixels = new byte[(int) shape.elements()];
      random.nextBytes(pixels);
      all.add(Image.of(shape, pixels));
    }
    return all;
  }

  private static Normalization normalization(int channels) {
    float[][] of = {{0.4914f, 0.4822f, 0.4465f}, {0.2470f, 0.2435f, 0.2616f}};
    return channels == 3
        ? new Normalization(of[0], of[1])
        : new Normalization(new float[] {0.2860f}, new float[] {0.3530f});
  }

  /** With a first layer that hands its input through, and reads planes where the plan lets it. */
  private static Network network(Shape input, Witness witness, boolean convolution) {
    NetworkBuilder b = Network.builder("witness", input);
    if (convolution) {
      b.add("same", new Conv2d((int) input.dim(0), 1).bias(false));
    }
    return b.add("witness", witness).add("flat", new Flatten()).add("fc", new Linear(2)).build();
  }

  @Test
  void trainingAndServingAreTheSameToTheBit() {
    for (boolean convolution : new boolean[] {false, true}) {
      for (Channels order : List.of(Channels.GREY, Channels.RGB, Channels.BGR)) {
        for (Fit fit : Fit.values()) {
          check(order, fit, convolution);
        }
      }
    }
  }

  private static void check(Channels order, Fit fit, boolean convolution) {
    Shape input = Shape.of(order.count(), 11, 13);
    Preprocessing pre = new Preprocessing(null, fit, order, normalization(order.count()));
    byte[] all = new byte[IMAGES * (int) input.elements()];
    List<Image> images = images(order.ordinal());
    for (int i = 0; i < IMAGES; i++) {
      byte[] one = pre.resized(images.get(i), input).pixels();
      System.arraycopy(one, 0, all, i * one.length, one.length);
    }
    Dataset data = Dataset.of("five", input, List.of("a", "b"), all, new int[IMAGES]);
    Witness witness = new Witness();
    Network network = network(input, witness, convolution);
    try (Trainer trainer =
            Trainer.builder(network)
                .batch(IMAGES)
                .normalization(pre.normalization())
                .initialize(
                    convolution ? "same.weight" : "fc.weight",
                    convolution ? Init.dirac() : Init.constant(0))
                .build();
        Arena arena = new Arena()) {
      trainer.evaluate(data);
      double[] evaluated = witness.seen.get(witness.seen.size() - 1);
      Model model = Model.of(trainer.modelData(List.of("a", "b"), Map.of()));
      trainer.fit(data, 1);
      double[] trained = witness.seen.get(witness.seen.size() - 1);
      Tensor batch = pre.batch(arena, input, images);
      model.predict(batch);
      model.close();
      double[] served = witness.seen.get(witness.seen.size() - 1);
      float[] values = batch.toArray();
      for (int i = 0; i < values.length; i++) {
        assertThat((float) evaluated[i]).isEqualTo(values[i]);
        assertThat((float) served[i]).isEqualTo(values[i]);
      }
      assertThat(sorted(trained, values.length)).isEqualTo(sorted(evaluated, values.length));
    }
  }

  /** The order of images is training's own. */
  private static double[] sorted(double[] values, int count) {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted;
  }
}

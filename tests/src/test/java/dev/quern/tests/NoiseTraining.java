package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.util.List;
import java.util.Map;

/** Training on images of noise, of which plain Java says what the network sees. */
final class NoiseTraining {
  private static final List<String> CLASSES = List.of("a", "b", "c");

  private NoiseTraining() {}

  static Dataset images(int count, Shape shape) {
    Values values = Values.floats(3);
    byte[] pixels = new byte[count * (int) shape.elements()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values.nextInt(1, 255);
    }
    int[] labels = values.labels(count, CLASSES.size());
    return Dataset.of("noise", shape, CLASSES, pixels, labels);
  }

  /** What the network sees of a pixel from 0 to 255, to the bit. */
  static float normalised(int pixel, float mean, float std) {
    float scaled = pixel * (float) (1 / (255.0 * std));
    return scaled + (float) (-(double) mean / std);
  }

  static void assertSameWeights(Trainer got, Trainer wanted) {
    Map<String, float[]> weights = wanted.modelData(Map.of()).weights();
    assertThat(got.modelData(Map.of()).weights())
        .allSatisfy((name, v) -> assertThat(v).as(name).isEqualTo(weights.get(name)));
  }

  /** Keeps a trainer's state after each step. */
  static TrainingListener keep(Trainer of, List<TrainingState> states) {
    return new TrainingListener() {
      @Override
      public void onStep(Step s) {
        states.add(of.state());
      }
    };
  }
}

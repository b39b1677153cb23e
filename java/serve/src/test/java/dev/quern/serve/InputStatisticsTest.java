package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.tensor.Shape;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is like training has mean 0 and deviation 1. */
class InputStatisticsTest {
  private static final Normalization TRAINING =
      new Normalization(new float[] {0.5f, 0.25f, 0.75f}, new float[] {0.1f, 0.2f, 0.05f});

  private static Image image(int size, double shift, double stretch) {
    Random random = new Random(1);
    byte[] pixels = new byte[3 * size * size];
    for (int c = 0; c < 3; c++) {
      for (int i = 0; i < size * size; i++) {
        double normal = shift + stretch * random.nextGaussian();
        double value = TRAINING.mean()[c] + TRAINING.std()[c] * normal;
        pixels[c * size * size + i] = (byte) Math.max(0, Math.min(255, Math.round(255 * value)));
      }
    }
    return Image.of(Shape.of(3, size, size), pixels);
  }

  @Test
  void picturesInUnitsOfTraining() {
    for (int size : new int[] {40, 1000}) {
      InputStatistics like = InputStatistics.of(image(size, 0, 1), TRAINING);
      assertThat(like.mean()).isCloseTo(0, within(0.05));
      assertThat(like.deviation()).isCloseTo(1, within(0.05));
      InputStatistics other = InputStatistics.of(image(size, 0.8, 0.5), TRAINING);
      assertThat(other.mean()).isCloseTo(0.8, within(0.05));
      assertThat(other.deviation()).isCloseTo(0.5, within(0.05));
    }
  }

  @Test
  void greyForColour() {
    Image grey = Image.of(Shape.of(1, 1, 2), new byte[] {(byte) 255, (byte) 255});
    InputStatistics of = InputStatistics.of(grey, TRAINING);
    assertThat(of.mean()).isCloseTo(5, within(1e-5));
    assertThat(of.deviation()).isCloseTo(0, within(1e-5));
  }

  @Test
  void samplesOfABatch() {
    float[] values = {9, 9, 1, 3, 9, 9};
    InputStatistics of = InputStatistics.of(values, 2, 4);
    assertThat(of).isEqualTo(new InputStatistics(2, 1));
  }
}

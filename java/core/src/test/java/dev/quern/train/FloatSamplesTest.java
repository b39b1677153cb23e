package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Samples of floats train as bytes do, and as tensors that the caller normalized. */
class FloatSamplesTest {
  private static final List<String> CLASSES = List.of("a", "b");
  private static final int SIZE = 12;

  private static Trainer trainer(Network network, Normalization n, Augmentation... all) {
    return Trainer.builder(network).batch(5).normalization(n).augment(all).build();
  }

  private static final Augmentation[][] MOVES = {
    {},
    {new RandomCrop(2), new RandomHorizontalFlip()},
    {new RandomCrop(3, PaddingMode.REFLECT), new AlternatingFlip()}
  };

  /** Few channels stay in the callers' order, many do not; the last batch is gathered ahead. */
  @ParameterizedTest
  @CsvSource({"1,6,7", "3,6,7", "12,5,4", "3,160,160"})
  void sameBitsAsBytes(int channels, int height, int width) {
    Shape shape = Shape.of(channels, height, width);
    byte[] bytes = new byte[SIZE * (int) shape.elements()];
    new Random(1).nextBytes(bytes);
    float[] floats = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      floats[i] = (bytes[i] & 0xff) * (float) (1 / 255.0);
    }
    int[] labels = new Random(2).ints(SIZE, 0, 2).toArray();
    Dataset ofBytes = Dataset.of("b", shape, CLASSES, bytes, labels);
    Dataset ofFloats = Dataset.of("f", shape, CLASSES, floats, labels);
    Normalization unit = Normalization.unit(channels);
    Network network =
        Network.of("n", shape, new Conv2d(4, 3), new Relu(), new Flatten(), new Linear(2));
    for (Augmentation[] moved : MOVES) {
      try (Trainer t = trainer(network, unit, moved);
          Trainer u = trainer(network, unit, moved)) {
        t.fit(ofBytes, 2);
        u.fit(ofFloats, 2);
        t.state()
            .tensors()
            .forEach((name, v) -> assertThat(u.state().tensors().get(name)).isEqualTo(v));
        assertThat(u.evaluate(ofFloats)).isEqualTo(t.evaluate(ofBytes));
      }
    }
    float[] mean = ofBytes.normalization().mean();
    for (int c = 0; c < channels; c++) {
      assertThat(ofFloats.normalization().mean()[c]).isEqualTo(mean[c], within(1e-6f));
    }
  }

  @Test
  void rowsHaveANormalizationPerFeature() {
    float[] values = {1, 2, 3, 4, 5, 6};
    Dataset data = Dataset.of("rows", Shape.of(3), CLASSES, values, new int[] {0, 1});
    Normalization n = data.normalization();
    assertThat(n.mean()).containsExactly(2.5f, 3.5f, 4.5f);
    assertThat(n.std()).containsExactly(1.5f, 1.5f, 1.5f);
    Network network = Network.of("n", Shape.of(3), new Linear(2));
    float[] normalised = new float[6];
    for (int i = 0; i < 6; i++) {
      normalised[i] = (values[i] - n.mean()[i % 3]) / n.std()[i % 3];
    }
    try (Trainer t = Trainer.builder(network).normalization(n).build();
        Trainer u = Trainer.builder(network).normalization(n).build();
        Arena arena = new Arena()) {
      int[] order = dev.quern.internal.Philox.permutation(1, 1, 2);
      float[] shuffled = new float[6];
      for (int i = 0; i < 2; i++) {
        System.arraycopy(normalised, 3 * order[i], shuffled, 3 * i, 3);
      }
      t.fit(data, 1);
      u.step(arena.tensor(Shape.of(2, 3), shuffled), order[0], order[1]);
      assertThat(t.gradients()).containsOnlyKeys(u.gradients().keySet());
      u.gradients().forEach((name, g) -> assertThat(t.gradients().get(name)).isEqualTo(g));
    }
  }

  @Test
  void rowsOfBytesTrainToo() {
    byte[] bytes = {0, 10, (byte) 200, (byte) 255, 0, 1};
    Dataset data = Dataset.of("rows", Shape.of(3), CLASSES, bytes, new int[] {0, 1});
    try (Trainer t =
        Trainer.builder(Network.of("n", Shape.of(3), new Linear(2)))
            .normalization(data.normalization())
            .build()) {
      assertThat(t.fit(data, 20).epochs().get(19).loss()).isLessThan(0.3);
    }
  }
}

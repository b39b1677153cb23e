package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A mean and a standard deviation for each feature of rows. */
class FeatureNormalizationTest {
  private static final List<String> CLASSES = List.of("a", "b");
  private static final int ROWS = 50;
  private static final int FEATURES = 3;

  private static Dataset floats(Shape shape, float... values) {
    return Dataset.of("rows", shape, CLASSES, values, labels(values.length / FEATURES));
  }

  private static int[] labels(int rows) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = i % 2;
    }
    return labels;
  }

  /** Features around 0, -1000 and 70. */
  private static float[] random() {
    SplittableRandom random = new SplittableRandom(1);
    float[] values = new float[ROWS * FEATURES];
    float[] mean = {0, -1000, 70};
    for (int i = 0; i < values.length; i++) {
      values[i] = mean[i % FEATURES] + (float) ((1 + i % FEATURES) * random.nextDouble());
    }
    return values;
  }

  @Test
  void eachFeatureHasItsOwn() {
    Normalization n = floats(Shape.of(3), 1, 10, 5, 3, 10, 6, 5, 10, 10).normalization();
    assertThat(n.mean()).containsExactly(3, 10, 7);
    assertThat(n.std()[0]).isEqualTo((float) Math.sqrt(8 / 3.0));
    assertThat(n.std()[1]).as("of a constant feature").isEqualTo(1);
    assertThat(n.std()[2]).isEqualTo((float) Math.sqrt(14 / 3.0), within(1e-6f));
  }

  @Test
  void smallDeviationsBesideLargeMeans() {
    float small = 1e-20f;
    Normalization n =
        floats(Shape.of(3), 1 << 23, small, 7, (1 << 23) + 2, 3 * small, 7).normalization();
    assertThat(n.mean()).containsExactly((1 << 23) + 1, 2 * small, 7);
    assertThat(n.std()).containsExactly(1, small, 1);
  }

  @Test
  void signalsAndBytesHaveOneMean() {
    float[] values = random();
    assertThat(floats(Shape.of(1, 3), values).normalization().channels()).isEqualTo(1);
    assertThat(floats(Shape.of(1, 1, 3), values).normalization().channels()).isEqualTo(1);
    Dataset bytes = Dataset.of("bytes", Shape.of(3), CLASSES, new byte[6], labels(2));
    assertThat(bytes.normalization().channels()).isEqualTo(1);
    assertThat(floats(Shape.of(3)).normalization())
        .as("of no samples")
        .isEqualTo(new Normalization(new float[3], new float[] {1, 1, 1}));
  }

  @Test
  void fitsRows() {
    Normalization three = Normalization.unit(3);
    for (Shape fit : List.of(Shape.of(3), Shape.of(1, 3), Shape.of(1, 1, 3), Shape.of(3, 5, 5))) {
      three.requireFit(fit);
    }
    Normalization.unit(1).requireFit(Shape.of(3));
    for (Shape other : List.of(Shape.of(2, 3), Shape.of(1, 3, 3), Shape.of(1, 1, Shape.FREE))) {
      assertThatThrownBy(() -> three.requireFit(other)).isInstanceOf(ShapeException.class);
    }
    assertThatThrownBy(() -> three.requireFit(Shape.of(4)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("normalization: 3 channels do not fit input 4, which requires 1 or 4");
  }

  private static Map<String, float[]> trained(Dataset set, Normalization n) {
    Network mlp = Networks.mlp(Shape.of(3), 2);
    try (Trainer trainer = Trainer.builder(mlp).normalization(n).batch(8).seed(1).build()) {
      trainer.fit(set, 2);
      return trainer.modelData(CLASSES, Map.of()).weights();
    }
  }

  /** What a batch is made of is what training sees, of floats and of bytes. */
  @Test
  void batchesHaveTheBitsOfTraining() {
    float[] values = random();
    Dataset rows = floats(Shape.of(3), values);
    Normalization n = rows.normalization();
    Map<String, float[]> wanted = trained(rows, n);
    byte[] bytes = new byte[ROWS * FEATURES];
    new java.util.Random(2).nextBytes(bytes);
    Dataset ofBytes = Dataset.of("bytes", Shape.of(3), CLASSES, bytes, labels(ROWS));
    Normalization each =
        new Normalization(new float[] {0.1f, 0.5f, 0.9f}, new float[] {0.3f, 0.2f, 0.1f});
    Map<String, float[]> wantedOfBytes = trained(ofBytes, each);
    float[][] some = new float[ROWS][];
    byte[][] someBytes = new byte[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      some[i] = rows.floats(i);
      someBytes[i] = ofBytes.image(i);
    }
    Normalization none = Normalization.unit(1);
    try (Arena arena = new Arena()) {
      float[] batch = n.batch(arena, Shape.of(3), some).toArray();
      assertThat(batch[4]).isEqualTo((values[4] - n.mean()[1]) / n.std()[1]);
      assertSame(trained(floats(Shape.of(3), batch), none), wanted);
      float[] of = each.batch(arena, Shape.of(3), someBytes).toArray();
      assertThat(of[4]).isEqualTo(((bytes[4] & 0xff) / 255f - 0.5f) / 0.2f, within(1e-5f));
      assertSame(trained(floats(Shape.of(3), of), none), wantedOfBytes);
    }
  }

  private static void assertSame(Map<String, float[]> actual, Map<String, float[]> wanted) {
    assertThat(actual.keySet()).isEqualTo(wanted.keySet());
    actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(wanted.get(name)));
  }

  @Test
  void batchRefuses() {
    Normalization n = Normalization.unit(3);
    try (Arena arena = new Arena()) {
      assertThatThrownBy(() -> n.batch(arena, Shape.of(3), new float[2]))
          .isInstanceOf(ShapeException.class)
          .hasMessage("normalization: 2 floats do not fill a sample of 3");
      assertThatThrownBy(() -> n.batch(arena, Shape.of(3), new float[0][]))
          .isInstanceOf(ShapeException.class)
          .hasMessage("normalization: 0 samples of 3 do not form a batch");
      assertThatThrownBy(
              () -> n.batch(arena, Shape.of(3), new float[3], new float[] {1, Float.NaN, 2}))
          .isInstanceOf(NumericException.class)
          .hasMessage("normalization: value 1 of sample 1 is NaN");
    }
  }
}

package dev.quern.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.data.RandomNumbers;
import dev.quern.engine.Engine;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Augmentations of the user's own: what they see, what they draw, what comes of their lies. */
@Timeout(120)
class CustomAugmentationTest {
  private static final Shape IMAGE = Shape.of(1, 12, 12);
  private static final Dataset DATA = Synthetic.quarters(24, 1);

  private static Network network() {
    return Network.of("n", IMAGE, new Conv2d(3, 3), new Flatten(), new Linear(4));
  }

  private static TrainerBuilder trainer(Augmentation... all) {
    return Trainer.builder(network()).batch(5).seed(3).augment(all);
  }

  /** Noise on some images. */
  private record Noise(double p) implements CustomAugmentation {
    @Override
    public void augment(byte[] pixels, Shape shape, RandomNumbers random) {
      if (random.chance(p)) {
        for (int i = 0; i < pixels.length; i++) {
          pixels[i] = (byte) Math.max(0, Math.min(255, (pixels[i] & 0xff) + random.normal() * 9));
        }
      }
    }
  }

  private static Map<String, float[]> trained(TrainerBuilder builder, int epochs) {
    try (Trainer t = builder.build()) {
      t.fit(DATA, epochs);
      return t.state().tensors();
    }
  }

  private static void same(Map<String, float[]> got, Map<String, float[]> wanted) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((name, values) -> assertThat(got.get(name)).as(name).isEqualTo(values));
  }

  @Test
  void theRunIsTheSameForAnyThreads() {
    int before = Engine.info().threads();
    List<Map<String, float[]>> runs = new ArrayList<>();
    try {
      for (int threads : new int[] {1, 3}) {
        Engine.setThreads(threads);
        runs.add(trained(trainer(new Noise(0.5), new RandomCrop(2)), 2));
      }
    } finally {
      Engine.setThreads(before);
    }
    same(runs.get(1), runs.get(0));
    assertThat(trained(trainer(new RandomCrop(2)), 2).get("weights.linear1.weight"))
        .isNotEqualTo(runs.get(0).get("weights.linear1.weight"));
  }

  @Test
  void aResumedRunIsTheSame() {
    Map<String, float[]> whole = trained(trainer(new Noise(1)), 3);
    TrainingState[] middle = new TrainingState[1];
    try (Trainer t = trainer(new Noise(1)).build()) {
      t.fit(
          DATA,
          3,
          new TrainingListener() {
            private int steps;

            @Override
            public void onStep(Step s) {
              if (++steps == 7) {
                middle[0] = t.state();
                t.stop();
              }
            }
          });
    }
    try (Trainer t = trainer(new Noise(1)).build()) {
      t.restore(middle[0]);
      t.fit(DATA, 3);
      same(t.state().tensors(), whole);
    }
    try (Trainer t = trainer(new Noise(0.9)).build()) {
      assertThatThrownBy(() -> t.restore(middle[0]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("augmentations [Noise[p=1.0]], the trainer has [Noise[p=0.9]]");
    }
  }

  @Test
  void bytesAndFloatsArriveInFrontOfTheMoves() {
    List<byte[]> seen = new ArrayList<>();
    CustomAugmentation spy = (pixels, shape, random) -> seen.add(pixels.clone());
    trained(trainer(new RandomCrop(3), spy), 1);
    List<byte[]> wanted = new ArrayList<>();
    for (int i = 0; i < DATA.size(); i++) {
      ByteBuffer b = ByteBuffer.allocate(144);
      DATA.copyBytes(i, b);
      wanted.add(b.array());
    }
    assertThat(seen).hasSize(24).allMatch(s -> wanted.stream().anyMatch(w -> Arrays.equals(s, w)));
  }

  @Test
  void eachPlaceEpochAndImageHasNumbersOfItsOwn() {
    List<Double> drawn = new ArrayList<>();
    CustomAugmentation a = (pixels, shape, random) -> drawn.add(random.uniform());
    CustomAugmentation b = (pixels, shape, random) -> drawn.add(random.uniform());
    trained(trainer(a, b), 2);
    assertThat(drawn).hasSize(2 * 2 * 24).doesNotHaveDuplicates();
  }

  /** Doubles what it gets, and the target as often. */
  private static class Doubling implements CustomAugmentation {
    private final List<Double> drawn = new ArrayList<>();
    private final List<Double> drawnForTargets = new ArrayList<>();

    @Override
    public void augment(byte[] pixels, Shape shape, RandomNumbers random) {
      throw new AssertionError("the samples are floats");
    }

    @Override
    public void augment(float[] values, Shape shape, RandomNumbers random) {
      assertThat(shape).isEqualTo(Shape.of(2));
      drawn.add(random.uniform());
      values[0] *= 2;
    }

    @Override
    public void augmentTarget(float[] target, Shape shape, RandomNumbers random) {
      assertThat(shape).isEqualTo(Shape.of(1));
      drawnForTargets.add(random.uniform());
      target[0] *= 2;
    }
  }

  private static Dataset floats(float factor) {
    float[] values = {1, 5, 2, 6, 3, 7};
    float[] targets = {1, 2, 3};
    for (int i = 0; i < 3; i++) {
      values[2 * i] *= factor;
      targets[i] *= factor;
    }
    return Dataset.ofTargets("floats", Shape.of(2), values, Shape.of(1), FloatBuffer.wrap(targets));
  }

  @Test
  void floatsAndTargetsOfAnyShapeAreChanged() {
    Doubling doubling = new Doubling();
    Network net = Network.of("row", Shape.of(2), new Linear(1));
    try (Trainer t = Trainer.builder(net).loss(new Mse()).batch(2).augment(doubling).build();
        Trainer u = Trainer.builder(net).loss(new Mse()).batch(2).build()) {
      t.fit(floats(1), 2);
      u.fit(floats(2), 2);
      same(t.state().tensors(), u.state().tensors());
    }
    assertThat(doubling.drawnForTargets).hasSize(6).isEqualTo(doubling.drawn);
  }

  private static Map<String, CustomAugmentation> liars() {
    Map<String, CustomAugmentation> all = new TreeMap<>();
    all.put(
        "threw java.lang.IllegalStateException: mine", throwing(new IllegalStateException("mine")));
    all.put("threw java.lang.StackOverflowError", throwing(new StackOverflowError()));
    all.put("bound 0 must be at least 1", (pixels, shape, random) -> random.below(0));
    all.put(
        "must be finite and ascending",
        (p, s, random) -> random.uniform(1, Double.POSITIVE_INFINITY));
    return all;
  }

  private static CustomAugmentation throwing(Throwable t) {
    return (pixels, shape, random) -> sneak(t);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable t) throws T {
    throw (T) t;
  }

  @Test
  void liesAreTypedAndTrainingGoesOn() {
    liars()
        .forEach(
            (why, liar) -> {
              AtomicInteger calls = new AtomicInteger();
              CustomAugmentation later =
                  (pixels, shape, random) -> {
                    if (calls.incrementAndGet() == 8) {
                      liar.augment(pixels, shape, random);
                    }
                  };
              try (Trainer t = trainer(later).build()) {
                assertThatThrownBy(() -> t.fit(DATA, 1))
                    .isInstanceOf(UserCodeException.class)
                    .hasMessageContaining("augmentation: " + later.getClass().getName())
                    .hasMessageContaining(why);
                t.fit(DATA, 1);
                assertThat(t.evaluate(DATA).loss()).isFinite();
              }
            });
  }

  @Test
  void numbersThatAreNoneAreRefused() {
    Network net = Network.of("row", Shape.of(2), new Linear(1));
    CustomAugmentation bytesOnly = (pixels, shape, random) -> {};
    CustomAugmentation nan =
        new Doubling() {
          @Override
          public void augment(float[] values, Shape shape, RandomNumbers random) {
            values[1] = Float.NaN;
          }
        };
    TrainerBuilder b = Trainer.builder(net).loss(new Mse());
    try (Trainer t = b.augment(bytesOnly).build();
        Trainer u = b.augment(nan).build()) {
      assertThatThrownBy(() -> t.fit(floats(1), 1))
          .isInstanceOf(UserCodeException.class)
          .hasMessageContaining("requires byte samples, found floats");
      assertThatThrownBy(() -> u.fit(floats(1), 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("an augmentation of sample")
          .hasMessageContaining("wrote NaN at index 1");
    }
  }

  /** Large samples are gathered by a thread of their own. */
  @Test
  void theTrainerIsNotToBeCalled() {
    Shape large = Shape.of(1, 512, 512);
    byte[] pixels = new byte[8 * 512 * 512];
    Dataset data = Dataset.of("large", large, List.of("a", "b"), pixels, new int[8]);
    Trainer[] trainer = new Trainer[1];
    CustomAugmentation calling = (p, s, random) -> trainer[0].state();
    Network net = Network.of("n", large, new Flatten(), new Linear(2));
    try (Trainer t = Trainer.builder(net).batch(4).augment(calling).build()) {
      trainer[0] = t;
      // the first batch is gathered by the thread that trains, which may ask
      assertThatThrownBy(() -> t.fit(data, 1))
          .isInstanceOf(UserCodeException.class)
          .hasMessageContaining("a data set called this method while being read");
    }
  }

  @Test
  void randomNumbersAreOfTheirKeys() {
    RandomNumbers a = RandomNumbers.of(1, 2, 3);
    RandomNumbers b = RandomNumbers.of(1, 2, 3);
    double sum = 0;
    double squares = 0;
    int[] counts = new int[5];
    for (int i = 0; i < 20_000; i++) {
      double normal = a.normal();
      assertThat(b.normal()).isEqualTo(normal);
      sum += normal;
      squares += normal * normal;
      counts[a.below(5)]++;
      b.below(5);
      assertThat(a.uniform(-2, 3)).isBetween(-2.0, 3.0).isEqualTo(b.uniform(-2, 3));
    }
    assertThat(sum / 20_000).isBetween(-0.03, 0.03);
    assertThat(squares / 20_000).isBetween(0.97, 1.03);
    assertThat(Arrays.stream(counts)).allMatch(c -> c > 3_700 && c < 4_300);
    assertThat(RandomNumbers.of(1, 2, 4).bits()).isNotEqualTo(RandomNumbers.of(1, 2, 3).bits());
    assertThat(RandomNumbers.of(1, 3, 3).bits()).isNotEqualTo(RandomNumbers.of(1, 2, 3).bits());
    assertThat(RandomNumbers.of(2, 2, 3).bits()).isNotEqualTo(RandomNumbers.of(1, 2, 3).bits());
  }
}

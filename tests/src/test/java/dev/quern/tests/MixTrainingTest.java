package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.augment.RandomCrop;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.Mixes;
import dev.quern.feed.Mixing;
import dev.quern.internal.Philox;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What training sees of mixed samples, against plain Java, to the bit. */
class MixTrainingTest {
  private static final long SEED = 5;
  private static final int IMAGES = 37;
  private static final int BATCH = 16;
  private static final int CLASSES = 3;

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  static Stream<List<Mix>> mixes() {
    return Stream.of(
        List.of(new MixUp(0.4)), List.of(new CutMix()), List.of(new MixUp(), new CutMix(0.5)));
  }

  private static TrainerBuilder trainer(Dataset data, Loss loss, List<Mix> mixes) {
    Network network =
        Network.of(
            "small", data.shape(), new Conv2d(4, 3).padding(1), new Flatten(), new Linear(CLASSES));
    return Trainer.builder(network)
        .batch(BATCH)
        .seed(SEED)
        .loss(loss)
        .optimizer(new Sgd(0.01f, 0.9f))
        .normalization(data.normalization())
        .mix(mixes.toArray(Mix[]::new));
  }

  private static float[] normalised(Dataset data, int image) {
    Normalization n = data.normalization();
    float[] mean = n.mean();
    float[] std = n.std();
    byte[] from = data.image(image);
    float[] to = new float[from.length];
    int plane = to.length / mean.length;
    for (int i = 0; i < to.length; i++) {
      int c = i / plane;
      to[i] = NoiseTraining.normalised(from[i] & 0xff, mean[c], std[c]);
    }
    return to;
  }

  private static float[] target(Dataset data, int image) {
    if (data.hasTargets()) {
      return data.target(image);
    }
    float[] row = new float[CLASSES];
    row[data.label(image)] = 1;
    return row;
  }

  private static float[] mixed(float[] mine, float[] others, Mixing m, Shape image) {
    float[] to = mine.clone();
    int width = (int) image.dim(2);
    int plane = (int) image.dim(1) * width;
    for (int i = 0; i < to.length; i++) {
      int y = i % plane / width - m.top();
      int x = i % width - m.left();
      if (!m.isBox()) {
        to[i] += (float) (1 - m.own()) * (others[i] - mine[i]);
      } else if (y >= 0 && y < m.rows() && x >= 0 && x < m.columns()) {
        to[i] = others[i];
      }
    }
    return to;
  }

  private static void epochByHand(Trainer t, Dataset data, List<Mix> mixes, int epoch) {
    int[] order = Philox.permutation(SEED, epoch, IMAGES);
    int each = (int) data.shape().elements();
    for (int step = 0; step * BATCH < IMAGES; step++) {
      Mixing m = new Mixes(mixes, SEED, data.shape()).draw(epoch, step);
      int n = Math.min(BATCH, IMAGES - step * BATCH);
      float[] batch = new float[n * each];
      float[] targets = new float[n * CLASSES];
      for (int i = 0; i < n; i++) {
        int mine = order[step * BATCH + i];
        int others = order[step * BATCH + (i == 0 ? n - 1 : i - 1)];
        float[] x = mixed(normalised(data, mine), normalised(data, others), m, data.shape());
        System.arraycopy(x, 0, batch, i * each, each);
        float[] a = target(data, mine);
        float[] b = target(data, others);
        for (int c = 0; c < CLASSES; c++) {
          targets[i * CLASSES + c] = (float) (m.own() * a[c] + (1 - m.own()) * b[c]);
        }
      }
      try (Arena arena = new Arena()) {
        t.step(
            arena.tensor(data.shape().batch(n)).copyFrom(batch),
            arena.tensor(Shape.of(n, CLASSES)).copyFrom(targets));
      }
    }
  }

  private static void fitIsByHand(Dataset data, Loss loss, List<Mix> mixes) {
    try (Trainer got = trainer(data, loss, mixes).build();
        Trainer wanted = trainer(data, loss, List.of()).build()) {
      got.fit(data, 2);
      epochByHand(wanted, data, mixes, 1);
      epochByHand(wanted, data, mixes, 2);
      NoiseTraining.assertSameWeights(got, wanted);
    }
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void fitSeesWhatPlainJavaMixes(List<Mix> mixes) {
    for (Shape shape : List.of(Shape.of(1, 6, 5), Shape.of(3, 7, 9), Shape.of(16, 4, 4))) {
      Dataset data = NoiseTraining.images(IMAGES, shape);
      fitIsByHand(data, new CrossEntropy(0.1f), mixes);
    }
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void targetsAreMixedAlike(List<Mix> mixes) {
    Dataset data = NoiseTraining.images(IMAGES, Shape.of(3, 6, 6));
    Values values = Values.floats(4);
    float[][] rows = new float[IMAGES][];
    for (int i = 0; i < IMAGES; i++) {
      rows[i] = new float[] {values.nextInt(0, 1), values.nextInt(0, 1), values.nextInt(0, 1)};
    }
    Dataset numbers = data.withTargets(rows);
    for (Loss loss : List.of(new Mse(), new BceWithLogits(), new CrossEntropy())) {
      fitIsByHand(numbers, loss, mixes);
    }
  }

  @ParameterizedTest
  @MethodSource("mixes")
  void isTheSameForAnyThreadsAndWhenResumed(List<Mix> mixes) {
    Dataset data = NoiseTraining.images(IMAGES, Shape.of(3, 9, 8));
    List<TrainingState> states = new ArrayList<>();
    int threads = Engine.info().threads();
    Loss loss = new CrossEntropy();
    try (Trainer one = trainer(data, loss, mixes).augment(new RandomCrop(2)).build();
        Trainer three = trainer(data, loss, mixes).augment(new RandomCrop(2)).build();
        Trainer plain = trainer(data, loss, List.of()).augment(new RandomCrop(2)).build()) {
      Engine.setThreads(1);
      one.fit(data, 2);
      Engine.setThreads(3);
      three.fit(data, 2, NoiseTraining.keep(three, states));
      NoiseTraining.assertSameWeights(three, one);
      for (TrainingState state : states) {
        try (Trainer again = trainer(data, loss, mixes).augment(new RandomCrop(2)).build()) {
          again.restore(state);
          again.fit(data, 2);
          NoiseTraining.assertSameWeights(again, one);
        }
      }
      assertThatThrownBy(() -> plain.restore(states.get(0)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("mix");
      plain.fit(data, 2);
      String any = plain.modelData(Map.of()).weights().keySet().iterator().next();
      assertThat(plain.modelData(Map.of()).weights().get(any))
          .isNotEqualTo(one.modelData(Map.of()).weights().get(any));
    } finally {
      Engine.setThreads(threads);
    }
  }

  /** A network of numbers, not images, against two rows that are mixed by hand. */
  @Test
  void rowsAreMixedToo() {
    Shape pair = Shape.of(2);
    List<String> classes = List.of("a", "b");
    float[] x = {1, -2, 3, 5};
    float own = (float) new Mixes(List.of(new MixUp()), SEED, pair).draw(1, 0).own();
    float[] mixed = new float[4];
    for (int i = 0; i < 4; i++) {
      mixed[i] = own * x[i] + (1 - own) * x[(i + 2) % 4]; // of two each is the other's
    }
    Dataset data = Dataset.of("two", pair, classes, x, new int[] {0, 1});
    Dataset byHand =
        Dataset.of("two", pair, classes, mixed, new int[2])
            .withTargets(new float[][] {{own, 1 - own}, {1 - own, own}});
    double wanted = lossOfPairs(byHand);
    assertThat(lossOfPairs(data, new MixUp())).isCloseTo(wanted, within(1e-6));
    assertThat(lossOfPairs(data)).isNotCloseTo(wanted, within(1e-3));
  }

  private static double lossOfPairs(Dataset data, Mix... mixes) {
    Network net = Network.of("n", data.shape(), new Linear(2));
    try (Trainer t =
        Trainer.builder(net).seed(SEED).sampler(Sampler.SEQUENTIAL).mix(mixes).build()) {
      return t.fit(data, 1).epochs().get(0).loss();
    }
  }
}

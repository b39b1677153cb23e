package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.augment.AlternatingFlip;
import dev.quern.augment.Augmentation;
import dev.quern.augment.PaddingMode;
import dev.quern.augment.RandomCrop;
import dev.quern.augment.RandomHorizontalFlip;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.EpochAugmentation;
import dev.quern.internal.Philox;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.bytedeco.javacpp.IntPointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What training sees of moved images, against plain Java, and what is gathered ahead. */
class AugmentationTest {
  private static final long SEED = 5;
  private static final int IMAGES = 70;

  @BeforeAll
  static void loadNativeLibrary() {
    Engine.info();
  }

  static Stream<List<Augmentation>> augmentations() {
    return Stream.of(
        List.of(),
        List.of(new RandomCrop(2)),
        List.of(new RandomHorizontalFlip()),
        List.of(new RandomHorizontalFlip(0.3), new RandomCrop(5)),
        List.of(new RandomCrop(3, PaddingMode.REFLECT), new AlternatingFlip()));
  }

  /** Images of which 32 are small, or large enough to be gathered ahead. */
  private static Dataset images(int channels, int height, int width) {
    return NoiseTraining.images(IMAGES, Shape.of(channels, height, width));
  }

  private static TrainerBuilder trainer(Dataset data, List<Augmentation> all) {
    int stride = (int) data.shape().dim(1) / 4;
    Network network =
        Network.of(
            "small",
            data.shape(),
            new Conv2d(3, 3).padding(1).stride(stride),
            new Flatten(),
            new Linear(3));
    return Trainer.builder(network)
        .batch(32)
        .seed(SEED)
        .optimizer(new Sgd(0.01f, 0.9f))
        .normalization(data.normalization())
        .augment(all.toArray(Augmentation[]::new));
  }

  /** Down, right, and how: mirrored is 1, reflected at the border 2. */
  private static int[] move(List<Augmentation> all, int epoch, int image) {
    try (IntPointer p = new IntPointer(3)) {
      new EpochAugmentation(all, SEED, epoch).draw(image, p);
      return new int[] {p.get(0), p.get(1), p.get(2)};
    }
  }

  /** What the network should see of an image. */
  private static float[] seen(Dataset data, Normalization n, int image, int[] move) {
    Shape s = data.shape();
    int h = (int) s.dim(1);
    int w = (int) s.dim(2);
    byte[] from = data.image(image);
    float[] to = new float[from.length];
    float[] mean = n.mean();
    float[] std = n.std();
    for (int i = 0; i < to.length; i++) {
      int c = i / (h * w);
      int y = i / w % h + move[0];
      int x = (move[2] % 2 == 1 ? w - 1 - i % w : i % w) + move[1];
      if (move[2] >= 2) {
        y = y < 0 ? -y : y >= h ? 2 * h - 2 - y : y;
        x = x < 0 ? -x : x >= w ? 2 * w - 2 - x : x;
      }
      int pixel = y < 0 || y >= h || x < 0 || x >= w ? 0 : from[(c * h + y) * w + x] & 0xff;
      to[i] = NoiseTraining.normalised(pixel, mean[c], std[c]);
    }
    return to;
  }

  private static void stepByHand(Trainer t, Dataset data, List<Augmentation> all, int epoch) {
    int[] order = Philox.permutation(SEED, epoch, IMAGES);
    int floats = (int) data.shape().elements();
    Normalization normalization = data.normalization();
    for (int from = 0; from < IMAGES; from += 32) {
      int n = Math.min(32, IMAGES - from);
      float[] batch = new float[n * floats];
      int[] labels = new int[n];
      for (int i = 0; i < n; i++) {
        int image = order[from + i];
        labels[i] = data.label(image);
        float[] pixels = seen(data, normalization, image, move(all, epoch, image));
        System.arraycopy(pixels, 0, batch, i * floats, floats);
      }
      try (Arena arena = new Arena()) {
        Tensor images = arena.tensor(data.shape().batch(n)).copyFrom(batch);
        t.step(images, labels);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("augmentations")
  void fitSeesWhatPlainJavaMoves(List<Augmentation> all) {
    for (Dataset data : List.of(images(3, 12, 9), images(1, 12, 9), images(3, 120, 112))) {
      try (Trainer got = trainer(data, all).build();
          Trainer wanted = trainer(data, all).build()) {
        got.fit(data, 2);
        stepByHand(wanted, data, all, 1);
        stepByHand(wanted, data, all, 2);
        NoiseTraining.assertSameWeights(got, wanted);
      }
    }
  }

  @Test
  void largeBatchesAreGatheredAhead() {
    Dataset data = images(3, 120, 112);
    Set<String> threads = new HashSet<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Step s) {
            Thread.getAllStackTraces().keySet().forEach(t -> threads.add(t.getName()));
          }
        };
    try (Trainer t = trainer(data, List.of()).build()) {
      t.fit(data, 1, listener);
    }
    assertThat(threads).contains("quern-loader");
  }

  @Test
  void goesOnFromAnyStepToTheSameBits() {
    Dataset data = images(3, 120, 112);
    List<Augmentation> all = List.of(new RandomCrop(3), new RandomHorizontalFlip());
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = trainer(data, all).build()) {
      whole.fit(data, 2, NoiseTraining.keep(whole, states));
      for (int at : new int[] {0, 2, 4}) {
        try (Trainer t = trainer(data, all).build()) {
          t.restore(states.get(at));
          t.fit(data, 2);
          NoiseTraining.assertSameWeights(t, whole);
        }
      }
    }
    try (Trainer other = trainer(data, List.of(new RandomCrop(3))).build()) {
      assertThatThrownBy(() -> other.restore(states.get(0)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("augmentations");
    }
  }

  /** Steps of every kind: for any threads, when resumed, and of bytes as of floats. */
  @Test
  void stepsOfAnyKindAreTheSameAgain() {
    List<Augmentation> all = AugmentTest.augmentations().toList();
    Dataset data = images(3, 20, 24);
    List<TrainingState> states = new ArrayList<>();
    int threads = Engine.info().threads();
    try (Trainer one = trainer(data, all).build();
        Trainer three = trainer(data, all).build();
        Trainer resumed = trainer(data, all).build();
        Trainer plain = trainer(data, List.of()).build()) {
      Engine.setThreads(1);
      one.fit(data, 2);
      Engine.setThreads(3);
      three.fit(data, 2, NoiseTraining.keep(three, states));
      NoiseTraining.assertSameWeights(three, one);
      resumed.restore(states.get(3));
      resumed.fit(data, 2);
      NoiseTraining.assertSameWeights(resumed, one);
      plain.fit(data, 2);
      String any = plain.modelData(List.of(), Map.of()).weights().keySet().iterator().next();
      assertThat(plain.modelData(List.of(), Map.of()).weights().get(any))
          .isNotEqualTo(one.modelData(List.of(), Map.of()).weights().get(any));
    } finally {
      Engine.setThreads(threads);
    }
  }

  @Test
  void alternatingFlipsTakeTurns() {
    List<Augmentation> all = List.of(new AlternatingFlip());
    int mirrored = 0;
    for (int i = 0; i < 1000; i++) {
      int first = move(all, 1, i)[2];
      mirrored += first;
      for (int epoch = 2; epoch < 6; epoch++) {
        assertThat(move(all, epoch, i)[2]).isEqualTo(epoch % 2 == 1 ? first : 1 - first);
      }
    }
    assertThat(mirrored).isBetween(450, 550);
  }

  @Test
  void movesAreUniformAndOfSeedEpochAndImage() {
    int padding = 2;
    int draws = 20_000;
    int[][] counts = new int[2][2 * padding + 1];
    int mirrored = 0;
    List<Augmentation> all = List.of(new RandomCrop(padding), new RandomHorizontalFlip(0.25));
    for (int i = 0; i < draws; i++) {
      int[] m = move(all, 1, i);
      counts[0][m[0] + padding]++;
      counts[1][m[1] + padding]++;
      mirrored += m[2];
    }
    for (int[] axis : counts) {
      for (int n : axis) {
        assertThat((double) n / draws).isBetween(0.19, 0.21); // 3.5 standard deviations
      }
    }
    assertThat((double) mirrored / draws).isBetween(0.24, 0.26);
    int same = 0;
    for (int i = 0; i < 1000; i++) {
      same += Arrays.equals(move(all, 1, i), move(all, 2, i)) ? 1 : 0;
    }
    assertThat(same).isBetween(5, 60); // of 25 equally likely moves, mirrored or not: 25
  }
}

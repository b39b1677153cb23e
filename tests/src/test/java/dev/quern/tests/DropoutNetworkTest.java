package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.engine.Engine;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Dropout in networks: the trainer's steps draw what the twin draws, and evaluation nothing. */
class DropoutNetworkTest {
  private static final int BATCH = 6;
  private static final long SEED = 11;

  /** In place and apart, on images, on flattened ones and on features; one value with readers. */
  private static final Network NETWORK =
      Network.builder("dropped", Shape.of(2, 9, 8))
          .add("drop0", new Dropout(0.1f))
          .add("conv", new Conv2d(10, 3))
          .add("drop1", new Dropout(0.2f))
          .add("relu", new Relu())
          .add("drop2", new Dropout2d(0.4f))
          .add("other", new Conv2d(10, 3).padding(1).bias(false), "conv")
          .add("sum", new Add(), "drop2", "other", "conv")
          .add("bn", new BatchNorm2d())
          .add("drop3", new Dropout2d())
          .add("skip", new StochasticDepth(0.3f))
          .add("pool", new MaxPool2d(2))
          .add("flat", new Flatten())
          .add("drop4", new Dropout(0.3f))
          .add("fc", new Linear(9))
          .add("drop5", new Dropout())
          .add("twice", new Dropout(0.1f))
          .add("head", new Linear(4))
          .build();

  private final int threads = Engine.info().threads();
  private final Arena arena = new Arena();

  @AfterEach
  void restore() {
    Engine.setThreads(threads);
    arena.close();
  }

  private static TrainerBuilder builder() {
    return Trainer.builder(NETWORK).batch(BATCH).seed(SEED);
  }

  private static ModelData data(Trainer t) {
    return t.modelData(Collections.nCopies(4, "class"), Map.of());
  }

  private static NdArray images(long seed, int n) {
    return Values.floats(seed).array(NETWORK.input().batch(n));
  }

  private void step(Trainer t, int number) {
    t.step(Values.tensor(arena, images(number, BATCH)), Values.floats(number).labels(BATCH, 4));
  }

  private static void assertGradients(Trainer t, ReferenceNetwork.Gradients wanted) {
    t.gradients().forEach((name, g) -> assertClose(name, g, wanted.parameters().get(name)));
  }

  private static void assertClose(String what, float[] got, NdArray wanted) {
    assertThat(Compare.distance(got, wanted.values())).as(what).isLessThan(Compare.TOLERANCE);
  }

  /** The last of these batches is smaller. */
  @Test
  void stepsAgreeWithTheReference() {
    CrossEntropy loss = new CrossEntropy();
    try (Trainer t = builder().optimizer(new Sgd(0)).build()) {
      ReferenceNetwork reference = ReferenceNetwork.of(data(t));
      List<Double> losses = new ArrayList<>();
      for (int step = 0; step < 4; step++) {
        int n = step == 3 ? BATCH - 2 : BATCH;
        NdArray x = images(1, n);
        int[] labels = Values.floats(2).labels(n, 4);
        reference.random(SEED, step);
        ReferenceNetwork.LossAndGradients wanted = reference.lossAndGradients(x, labels, loss);
        double got = t.step(Values.tensor(arena, x), labels);
        assertThat(got).isCloseTo(wanted.loss(), within(1e-6 * wanted.loss()));
        assertGradients(t, wanted.gradients());
        losses.add(got);
      }
      assertThat(losses.subList(0, 3)).as("each step its own mask").doesNotHaveDuplicates();
    }
  }

  /** Gradients of two steps are accumulated, each with a mask of its own. */
  @Test
  void eachAccumulatedStepDrawsItsOwn() {
    NdArray x = images(1, BATCH);
    int[] labels = Values.floats(2).labels(BATCH, 4);
    try (Trainer t = builder().optimizer(new Sgd(0)).accumulate(2).build()) {
      ReferenceNetwork reference = ReferenceNetwork.of(data(t));
      List<Map<String, NdArray>> both = new ArrayList<>();
      for (int step = 0; step < 2; step++) {
        reference.random(SEED, step);
        both.add(
            reference.lossAndGradients(x, labels, new CrossEntropy()).gradients().parameters());
        t.step(Values.tensor(arena, x), labels);
      }
      t.gradients()
          .forEach(
              (name, got) -> {
                NdArray mean = both.get(0).get(name).copy();
                for (int i = 0; i < mean.size(); i++) {
                  mean.set(i, (mean.get(i) + both.get(1).get(name).get(i)) / 2);
                }
                assertClose(name, got, mean);
              });
    }
  }

  private Map<String, float[]> weightsAfterSixSteps(int threadCount) {
    Engine.setThreads(threadCount);
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      for (int i = 0; i < 6; i++) {
        step(t, i);
      }
      return data(t).weights();
    }
  }

  private static void assertSame(Map<String, float[]> got, Map<String, float[]> wanted) {
    wanted.forEach((name, values) -> assertThat(got.get(name)).as(name).isEqualTo(values));
  }

  @Test
  void sameBitsForAnyThreadCount() {
    Map<String, float[]> alone = weightsAfterSixSteps(1);
    for (int count : new int[] {2, 3, 4}) {
      assertSame(weightsAfterSixSteps(count), alone);
    }
  }

  @Test
  void aResumedRunDrawsWhatFollows() {
    Map<String, float[]> whole = weightsAfterSixSteps(2);
    TrainingState state;
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      for (int i = 0; i < 3; i++) {
        step(t, i);
      }
      state = t.state();
    }
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      step(t, 77); // what was drawn before must not matter
      t.restore(state);
      for (int i = 3; i < 6; i++) {
        step(t, i);
      }
      assertSame(data(t).weights(), whole);
    }
  }

  @Test
  void modelsDropNothing() {
    NdArray x = images(3, 5);
    Tensor images = Values.tensor(arena, x);
    try (Trainer t = builder().build()) {
      step(t, 0);
      try (Model m = Model.of(data(t))) {
        Tensor first = m.predict(images);
        Compare.close("output", first, ReferenceNetwork.of(data(t)).output(x));
        assertThat(m.predict(images).toArray()).isEqualTo(first.toArray());
      }
    }
  }

  /** Nothing is left of it in a model's plan: memory is written over as if it were not there. */
  @Test
  void evaluationIsTheNetworkWithoutIt() {
    Network plain = Network.of("p", Shape.of(2, 7, 7), new Conv2d(3, 3), new Relu(), flat(), fc());
    Network dropped =
        Network.of(
            "d",
            Shape.of(2, 7, 7),
            new Dropout(),
            new Conv2d(3, 3),
            new Dropout2d(),
            new Relu(),
            new StochasticDepth(1),
            new Dropout(1),
            flat(),
            new Dropout(0.1f),
            fc(),
            new Dropout(0.9f));
    Tensor images = Values.tensor(arena, Values.floats(1).array(4, 2, 7, 7));
    try (Trainer a = Trainer.builder(plain).build();
        Trainer b = Trainer.builder(dropped).build();
        Model without = Model.of(data(a));
        Model with = Model.of(data(b))) {
      assertThat(with.predict(images).toArray()).isEqualTo(without.predict(images).toArray());
    }
  }

  private static Flatten flat() {
    return new Flatten();
  }

  private static Linear fc() {
    return new Linear(4);
  }
}

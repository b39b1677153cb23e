package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.engine.Engine;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers of users' own among the native ones: trained, predicted with, and in the twin. */
class CustomLayerTest {
  private static final CrossEntropy LOSS = new CrossEntropy();

  /** The last half of the channels, or of the features: another shape than came in. */
  record LastHalf() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      long[] dims = input.toArray();
      dims[0] /= 2;
      return Shape.of(dims);
    }

    @Override
    public void forward(Forward pass) {
      int out = (int) pass.outputShape().elements();
      for (int n = 0; n < pass.samples(); n++) {
        System.arraycopy(pass.input(), (2 * n + 1) * out, pass.output(), n * out, out);
      }
    }

    @Override
    public void backward(Backward pass) {
      int out = (int) pass.forward().outputShape().elements();
      for (int n = 0; n < pass.forward().samples(); n++) {
        System.arraycopy(pass.gradOutput(), n * out, pass.gradInput(), (2 * n + 1) * out, out);
      }
    }
  }

  /** On images, on a flattened one whose memory is permuted, on features, and read twice. */
  private static final Network NETWORK =
      Network.builder("own", Shape.of(2, 8, 7))
          .add("first", new Swish(0.5f))
          .add("conv", new Conv2d(6, 3))
          .add("swish", new Swish(1))
          .add("half", new LastHalf())
          .add("more", new Conv2d(4, 1))
          .add("pool", new MaxPool2d(2))
          .add("relu", new Relu())
          .add("flat", new Flatten())
          .add("flat_half", new LastHalf())
          .add("flat_swish", new Swish(2), "flat")
          .add("a", new Linear(6), "flat_half")
          .add("b", new Linear(6), "flat_swish")
          .add("sum", new Add(), "a", "b", "a")
          .add("fc_swish", new Swish(1))
          .add("head", new Linear(6))
          .add("last", new LastHalf())
          .build();

  private final int threads = Engine.info().threads();
  private final Arena arena = new Arena();

  @AfterEach
  void restore() {
    Engine.setThreads(threads);
    arena.close();
  }

  private static TrainerBuilder builder() {
    return Trainer.builder(NETWORK).batch(5).optimizer(new Sgd(0));
  }

  private static ModelData data(Trainer t) {
    long classes = t.network().output().elements();
    return t.modelData(Collections.nCopies((int) classes, "class"), Map.of());
  }

  private static NdArray images(long seed, int n) {
    return Values.floats(seed).array(NETWORK.input().batch(n));
  }

  private static int[] labels(int n) {
    return Values.floats(2).labels(n, 3);
  }

  private double step(Trainer t, int number) {
    return t.step(Values.tensor(arena, images(number, 5)), labels(5));
  }

  @Test
  void stepsAgreeWithTheReference() {
    try (Trainer t = builder().build()) {
      ReferenceNetwork reference = ReferenceNetwork.of(data(t));
      for (int n : new int[] {5, 3, 5}) { // partial batches have arrays of their own sizes
        NdArray x = images(n, n);
        ReferenceNetwork.LossAndGradients wanted = reference.lossAndGradients(x, labels(n), LOSS);
        assertThat(t.step(Values.tensor(arena, x), labels(n)))
            .isCloseTo(wanted.loss(), within(1e-6 * wanted.loss()));
        t.gradients()
            .forEach(
                (name, g) -> {
                  NdArray gradient = wanted.gradients().parameters().get(name);
                  assertThat(Compare.distance(g, gradient.values()))
                      .as(name)
                      .isLessThan(Compare.TOLERANCE);
                });
      }
    }
  }

  /** The user's own backward pass is checked as any other. */
  @Test
  void gradientsMatchFiniteDifferencesInTheReference() {
    try (Trainer t = builder().build()) {
      ReferenceNetwork reference = ReferenceNetwork.of(data(t));
      NdArray x = images(8, 2);
      ReferenceNetwork.Gradients found = reference.lossAndGradients(x, labels(2), LOSS).gradients();
      reference
          .parameters()
          .forEach((name, p) -> check(name, found.parameters().get(name), p, reference, x));
      check("input", found.input(), x, reference, x);
    }
  }

  private static void check(
      String what, NdArray found, NdArray variable, ReferenceNetwork reference, NdArray x) {
    NdArray wanted =
        CentralDifference.gradient(
            variable,
            1e-5,
            () -> CrossEntropyReference.forward(LOSS, reference.output(x), labels(2)));
    assertThat(Compare.distance(found.toFloats(), wanted.values())).as(what).isLessThan(1e-6);
  }

  @Test
  void itsParametersAreLearned() {
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      assertThat(data(t).weights().get("flat_swish.beta")).containsOnly(2);
      double before = step(t, 1);
      for (int i = 0; i < 60; i++) {
        step(t, 1);
      }
      assertThat(step(t, 1)).isLessThan(before / 2);
      assertThat(data(t).weights().get("flat_swish.beta")[0]).isNotEqualTo(2);
    }
  }

  @Test
  void modelsAgreeWithTheReference() {
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      step(t, 1);
      try (Model m = Model.of(data(t))) {
        for (int n : new int[] {1, 70, 64, 7}) { // more than a model computes at once
          NdArray x = images(n, n);
          Compare.close(
              "output of " + n,
              m.predict(Values.tensor(arena, x)),
              ReferenceNetwork.of(data(t)).output(x));
        }
      }
    }
  }

  private List<float[]> weights(int threadCount) {
    Engine.setThreads(threadCount);
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      for (int i = 0; i < 4; i++) {
        step(t, i);
      }
      return List.copyOf(data(t).weights().values());
    }
  }

  @Test
  void sameBitsForAnyThreadCountAndWhenResumed() {
    List<float[]> alone = weights(1);
    assertThat(weights(4)).usingRecursiveComparison().isEqualTo(alone);
    TrainingState state;
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      step(t, 0);
      step(t, 1);
      state = t.state();
    }
    try (Trainer t = builder().optimizer(new Adam(0.01f)).build()) {
      t.restore(state);
      step(t, 2);
      step(t, 3);
      assertThat(List.copyOf(data(t).weights().values()))
          .usingRecursiveComparison()
          .isEqualTo(alone);
    }
  }

  /** Notes how it was called. */
  record Witness(ConcurrentLinkedQueue<String> calls) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      calls.add("forward " + pass.samples() + (pass.training() ? " training" : ""));
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    }

    @Override
    public void backward(Backward pass) {
      calls.add("backward " + pass.forward().samples());
      assertThat(pass.input()).isEqualTo(pass.output());
      assertThat(pass.gradInput()).containsOnly(0);
    }
  }

  /** Nothing trainable lies before the first, so that it need not run backward. */
  @Test
  void toldWhetherItIsTraining() {
    Witness first = new Witness(new ConcurrentLinkedQueue<>());
    Witness second = new Witness(new ConcurrentLinkedQueue<>());
    Network network = Network.of("w", Shape.of(4), first, new Linear(3), second);
    Tensor x = Values.tensor(arena, Values.floats(1).array(2, 4));
    try (Trainer t = Trainer.builder(network).batch(3).optimizer(new Sgd(0)).build()) {
      t.step(x, 0, 2);
      assertThat(first.calls).containsExactly("forward 2 training");
      assertThat(second.calls).containsExactly("forward 2 training", "backward 2");
      try (Model m = Model.of(data(t))) {
        m.predict(x);
      }
      assertThat(first.calls).endsWith("forward 2");
    }
  }
}

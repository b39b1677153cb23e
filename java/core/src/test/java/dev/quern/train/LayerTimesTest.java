package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.profile.LayerTimes;
import dev.quern.profile.Pass;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Time by layer. */
class LayerTimesTest {
  private static final Dataset DATA = Synthetic.quarters(64, 1);

  private static Network network() {
    return Network.builder("net", Shape.of(1, 12, 12))
        .add("conv", new Conv2d(8, 3))
        .add("norm", new BatchNorm2d())
        .add("act", new Relu())
        .add("drop", new Dropout(0.5f))
        .add("flat", new Flatten())
        .add("fc", new Linear(4))
        .build();
  }

  private static TrainerBuilder settings() {
    return Trainer.builder(network()).batch(16).optimizer(new Adam()).seed(3);
  }

  private static List<String> names(LayerTimes times) {
    return times.layers().stream().map(LayerTimes.Row::layer).toList();
  }

  @Test
  void layersAreInOrderAndFusedOnesShareARow() {
    try (Trainer trainer = settings().build()) {
      LayerTimes times = trainer.profile(DATA, 5);
      assertThat(times.samples()).isEqualTo(16);
      assertThat(times.steps()).isEqualTo(5);
      assertThat(names(times)).containsExactly("conv", "norm", "drop", "flat", "fc");
      LayerTimes.Row norm = times.layers().get(1);
      assertThat(norm.type()).isEqualTo("batch_norm2d + relu");
      assertThat(norm.implementation()).isEmpty();
      assertThat(times.layers().get(0).implementation())
          .isNotEmpty()
          .isEqualTo(trainer.implementations().byLayer().get("conv"));
      assertThat(norm.fused()).containsExactly("act");
      assertThat(norm.forward().seconds()).isPositive();
      assertThat(norm.backward().seconds()).isPositive();
      assertThat(times.layers().get(3).both()).isEqualTo(Pass.NONE); // flatten is no operation
      assertThat(times.toString()).contains("norm + act", "forward ms", "loss", "step of 16");
    }
  }

  /** Of the first layer there is no gradient of inputs, and bytes are those of 16 samples. */
  @Test
  void workIsWhatTheLayersAre() {
    try (Trainer trainer = settings().build()) {
      LayerTimes times = trainer.profile(DATA, 1);
      LayerTimes.Row conv = times.layers().get(0);
      double products = 8 * 9 * 10 * 10;
      assertThat(conv.forward().operations()).isEqualTo(16 * 2 * products);
      assertThat(conv.backward().operations()).isEqualTo(16 * 2 * products);
      double weights = 8 * 9 + 8;
      assertThat(conv.forward().bytes()).isEqualTo(4 * (16 * (144 + 800) + weights));
      assertThat(conv.backward().bytes()).isEqualTo(4 * (16 * (800 + 144) + weights));
      LayerTimes.Row fc = times.layers().get(4);
      assertThat(fc.forward().operations()).isEqualTo(16 * 2 * 800 * 4);
      assertThat(fc.backward().operations()).isEqualTo(2 * 16 * 2 * 800 * 4);
      assertThat(fc.backward().bytes()).isEqualTo(4 * (16 * (4 + 2 * 800) + 2 * (3200 + 4)));
      LayerTimes.Row norm = times.layers().get(1);
      assertThat(norm.both().operations()).isZero();
      assertThat(norm.forward().bytes()).isEqualTo(4 * (16 * 1600 + 16));
    }
  }

  /** With layers large enough that what is between them is nothing beside them. */
  @Test
  void timesAreTheStepsOwn() {
    Network large =
        Network.of(
            "large",
            Shape.of(1, 12, 12),
            new Conv2d(64, 3),
            new Conv2d(64, 3),
            new Flatten(),
            new Linear(4));
    try (Trainer trainer = Trainer.builder(large).batch(64).build()) {
      trainer.profile(DATA, 3);
      double most = 0;
      for (int i = 0; i < 5 && most < 0.5; i++) { // a neighbor may come between
        LayerTimes times = trainer.profile(DATA, 1); // of one step there are no medians
        double sum = times.layers().stream().mapToDouble(r -> r.both().seconds()).sum();
        double part = (sum + times.lossSeconds()) / times.stepSeconds();
        assertThat(part).isLessThanOrEqualTo(1.000001);
        most = Math.max(most, part);
      }
      assertThat(most).isGreaterThanOrEqualTo(0.5);
    }
  }

  @Test
  void trainingGoesOnAsWithoutIt() {
    try (Trainer plain = settings().accumulate(2).ema(0.9).build();
        Trainer timed = settings().accumulate(2).ema(0.9).build()) {
      plain.fit(DATA.slice(0, 48), 1);
      timed.fit(DATA.slice(0, 48), 1);
      timed.profile(DATA.slice(3, 20), 2);
      assertSame(timed.state(), plain.state());
      plain.fit(DATA.slice(0, 48), 1);
      timed.fit(DATA.slice(0, 48), 1);
      assertSame(timed.state(), plain.state());
    }
  }

  private static void assertSame(TrainingState a, TrainingState b) {
    assertThat(a.progress().steps()).isEqualTo(b.progress().steps());
    assertThat(a.tensors().keySet()).isEqualTo(b.tensors().keySet());
    b.tensors().forEach((name, v) -> assertThat(a.tensors().get(name)).as(name).isEqualTo(v));
  }

  /**
   * A sum and a ReLU run with the layer before them; frozen layers run first, but stand in place.
   */
  @Test
  void branchesAndFrozenLayersStandInTheNetworksOrder() {
    Network n =
        Network.builder("net", Shape.of(1, 12, 12))
            .add("left", new Conv2d(4, 3))
            .add("right", new Conv2d(4, 3), Network.INPUT)
            .add("norm", new BatchNorm2d())
            .add("sum", new Add(), "norm", "left")
            .add("act", new Relu())
            .add("flat", new Flatten())
            .add("fc", new Linear(4))
            .build();
    try (Trainer trainer = Trainer.builder(n).batch(8).freeze("right.*").build()) {
      LayerTimes times = trainer.profile(DATA, 1);
      assertThat(names(times)).containsExactly("left", "right", "norm", "flat", "fc");
      assertThat(times.layers().get(2).fused()).containsExactly("sum", "act");
      assertThat(times.layers().get(1).backward()).isEqualTo(Pass.NONE);
      assertThat(times.layers().get(0).backward().seconds()).isPositive();
    }
  }

  @Test
  void recomputationHasTimesToo() {
    try (Trainer trainer = settings().recompute().build()) {
      assertThat(names(trainer.profile(DATA, 2))).hasSize(5);
    }
  }

  @Test
  void severalInputsAndFewSamples() {
    try (Trainer trainer = settings().build()) {
      Dataset few = DATA.slice(0, 3);
      MultiDataset all = MultiDataset.of(Map.of("input", few), Map.of("fc", few));
      assertThat(trainer.profile(all, 1).samples()).isEqualTo(3);
    }
  }

  @Test
  void wrongArgumentsAreRefused() {
    try (Trainer trainer = settings().build()) {
      refused(() -> trainer.profile(DATA, 0), "profile: steps 0 must be from 1 to 1000");
      refused(() -> trainer.profile(DATA, 1001), "steps 1001 must");
      refused(() -> trainer.profile(DATA.slice(0, 0), 1), " is empty");
      refused(() -> trainer.profile((Dataset) null, 1), "profile: data is null");
      refused(() -> trainer.profile((MultiDataset) null, 1), "profile: data is null");
      refused(() -> trainer.profile(DATA.withTargets(new float[64][4]), -1), "steps -1");
      assertThatThrownBy(
              () ->
                  trainer.profile(
                      Dataset.of("o", Shape.of(1, 3, 3), DATA.classes(), new float[9], new int[1]),
                      1))
          .isInstanceOf(ShapeException.class);
    }
    Trainer closed = settings().build();
    closed.close();
    assertThatThrownBy(() -> closed.profile(DATA, 1)).isInstanceOf(ClosedException.class);
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }

  /** A listener's call would change what the step works on. */
  @Test
  void duringFitItIsRefused() {
    List<String> messages = new ArrayList<>();
    try (Trainer trainer = settings().build()) {
      trainer.fit(
          DATA,
          1,
          new TrainingListener() {
            @Override
            public void onEpoch(History.Epoch epoch) {
              try {
                trainer.profile(DATA, 1);
              } catch (InvalidArgumentException e) {
                messages.add(e.getMessage());
              }
            }
          });
    }
    assertThat(messages).singleElement().asString().contains("profile: a listener, layer or");
  }

  /** A layer of the user's own that fails in its backward pass. */
  @Test
  void afterAFailureAllIsAsBefore() {
    boolean[] fails = {false};
    CustomLayer own =
        new CustomLayer() {
          @Override
          public Shape outputShape(Shape input) {
            return input;
          }

          @Override
          public void forward(Forward pass) {
            System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
          }

          @Override
          public void backward(Backward pass) {
            if (fails[0]) {
              throw new IllegalStateException("no");
            }
          }
        };
    Network n =
        Network.of("n", Shape.of(1, 12, 12), new BatchNorm2d(), own, new Flatten(), new Linear(4));
    try (Trainer trainer = Trainer.builder(n).batch(8).build()) {
      TrainingState before = trainer.state();
      fails[0] = true;
      assertThatThrownBy(() -> trainer.profile(DATA, 1)).hasMessageContaining("no");
      assertSame(trainer.state(), before);
      fails[0] = false;
      trainer.profile(DATA, 1);
      trainer.fit(DATA, 1);
    }
  }
}

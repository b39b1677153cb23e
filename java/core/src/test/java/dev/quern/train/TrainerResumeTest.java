package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Stopping, going on, and what ends training by itself. */
class TrainerResumeTest {
  static final Dataset DATA = Synthetic.quarters(50, 1);
  private static final Dataset HELD_OUT = Synthetic.quarters(20, 2);
  static final int EPOCHS = 3;

  private static Network net() {
    return Network.of(
        "small",
        Shape.of(1, 12, 12),
        new Conv2d(3, 3),
        new BatchNorm2d(),
        new Relu(),
        new Flatten(),
        new Linear(4));
  }

  static TrainerBuilder trainer() {
    return Trainer.builder(net()).batch(8);
  }

  /** With everything that has a state. */
  static TrainerBuilder full(Optimizer optimizer) {
    return trainer()
        .optimizer(optimizer)
        .schedule(Schedule.cosine())
        .accumulate(2)
        .ema(0.9)
        .lookahead(new Lookahead(2, 0.5f))
        .clipNorm(1)
        .validation(HELD_OUT);
  }

  static Stream<Optimizer> optimizers() {
    return Stream.of(
        new Sgd(0.05f, 0.9f),
        new Adam(0.003f),
        new AdamW(0.003f),
        new RmsProp(0.003f),
        new Muon(0.01f));
  }

  /** Calls {@code then} after each step, with the number of steps so far. */
  static TrainingListener afterSteps(java.util.function.IntConsumer then) {
    return new TrainingListener() {
      private int steps;

      @Override
      public void onStep(Step s) {
        then.accept(++steps);
      }
    };
  }

  static void assertSame(TrainingState got, TrainingState wanted) {
    assertThat(got.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
    wanted.tensors().forEach((k, v) -> assertThat(got.tensors().get(k)).as(k).isEqualTo(v));
  }

  static void assertSame(History got, History wanted) {
    assertThat(got.stopReason()).isEqualTo(wanted.stopReason());
    assertThat(got.epochs())
        .usingRecursiveFieldByFieldElementComparatorIgnoringFields("seconds", "imagesPerSecond")
        .isEqualTo(wanted.epochs());
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void goesOnFromAnyStepToTheSameBits(Optimizer optimizer) {
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = full(optimizer).build()) {
      History history = whole.fit(DATA, EPOCHS, afterSteps(n -> states.add(whole.state())));
      assertThat(states).hasSize(7 * EPOCHS);
      TrainingState end = whole.state();
      for (int at : new int[] {0, 1, 6, 7, 12, 19, 20}) {
        try (Trainer t = full(optimizer).build()) {
          t.restore(states.get(at));
          assertSame(t.state(), states.get(at));
          assertSame(t.fit(DATA, EPOCHS), history);
          assertSame(t.state(), end);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void goesBackToTheBeginning(Optimizer optimizer) {
    try (Trainer t = full(optimizer).build()) {
      TrainingState first = t.state();
      History history = t.fit(DATA, EPOCHS);
      TrainingState end = t.state();
      t.restore(first);
      assertSame(t.fit(DATA, EPOCHS), history);
      assertSame(t.state(), end);
    }
  }

  @Test
  void stopEndsAfterTheStepAndFitGoesOn() {
    try (Trainer whole = full(new Adam(0.003f)).build();
        Trainer t = full(new Adam(0.003f)).build()) {
      History wanted = whole.fit(DATA, EPOCHS);
      History first = t.fit(DATA, EPOCHS, afterSteps(n -> stopAt(t, n, 10)));
      assertThat(first.stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(first.epochs()).hasSize(1);
      assertThat(t.state().progress().steps()).isEqualTo(10);
      assertThatThrownBy(() -> t.fit(HELD_OUT, EPOCHS))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "fit: 20 images of quarters do not match the data of the stopped call, 50 images"
                  + " of quarters");
      assertThatThrownBy(() -> t.fit(DATA, 1)) // step 3 of epoch 2 is done
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "fit: epochs 1 must be at least the number of epochs that the stopped call has"
                  + " started, 2");
      assertSame(t.fit(DATA, EPOCHS), wanted);
      assertSame(t.state(), whole.state());
    }
  }

  private static void stopAt(Trainer t, int now, int at) {
    if (now == at) {
      t.stop();
    }
  }

  /** F12: an interrupt is a stop, and stays with its thread. */
  @Test
  void interruptEndsAfterTheStepAndFitGoesOn() {
    try (Trainer whole = trainer().build();
        Trainer t = trainer().build()) {
      History wanted = whole.fit(DATA, EPOCHS);
      History first =
          t.fit(
              DATA,
              EPOCHS,
              afterSteps(
                  n -> {
                    if (n == 10) {
                      Thread.currentThread().interrupt();
                    }
                  }));
      assertThat(first.stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(t.fit(DATA, EPOCHS).stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(t.state().progress().steps()).isEqualTo(10);
      assertThat(Thread.interrupted()).isTrue();
      assertSame(t.fit(DATA, EPOCHS), wanted);
      assertSame(t.state(), whole.state());
    } finally {
      Thread.interrupted();
    }
  }

  /** Notes what it hears, and throws where it is told to. */
  private static TrainingListener noting(List<String> heard, String throwAt) {
    return new TrainingListener() {
      private void note(String what) {
        heard.add(what);
        if (what.equals(throwAt)) {
          throw new IllegalStateException(what);
        }
      }

      @Override
      public void onBegin() {
        note("begin");
      }

      @Override
      public void onEpoch(History.Epoch e) {
        note("epoch");
      }

      @Override
      public void onEnd(History.StopReason stopReasonOrNull) {
        note("end " + stopReasonOrNull);
      }
    };
  }

  @Test
  void listenersHearOfBeginAndEnd() {
    try (Trainer t = trainer().build()) {
      for (String at : new String[] {"none", "begin", "epoch", "end FINISHED"}) {
        List<String> heard = new ArrayList<>();
        Runnable fit = () -> t.fit(DATA, 1, noting(heard, at));
        if (at.equals("none")) {
          fit.run();
        } else {
          assertThatThrownBy(fit::run).isInstanceOf(IllegalStateException.class).hasMessage(at);
        }
        List<String> wanted = new ArrayList<>(List.of("begin", "epoch", "end FINISHED"));
        if (at.equals("begin")) {
          wanted = List.of("begin");
        } else if (at.equals("epoch")) {
          wanted.set(2, "end null");
        }
        assertThat(heard).isEqualTo(wanted);
      }
      t.stop();
      List<String> heard = new ArrayList<>();
      t.fit(DATA, 1, noting(heard, "none"));
      assertThat(heard).containsExactly("begin", "end STOPPED");
      assertThatThrownBy(() -> t.fit(DATA, 1, noting(heard, "begin")))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> t.fit(HELD_OUT, 1)) // the stopped call is still there
          .hasMessageContaining("do not match the data of the stopped call");
    }
  }

  /** F7: a state that no trainer like this one can have made. */
  @Test
  void stateThatDoesNotFitIsRefused() {
    try (Trainer t = trainer().build()) {
      TrainingState s = t.state();
      TrainingState.Fit tooFar =
          new TrainingState.Fit(2, DATA.name(), DATA.size(), List.of(), 50, 0, 0, 0, 0L);
      for (TrainingState.Progress p :
          List.of(
              new TrainingState.Progress(2, 1, 1, 1, null),
              new TrainingState.Progress(50, 50, 0, 1, tooFar))) {
        TrainingState odd = new TrainingState(s.network(), s.settings(), p, s.tensors());
        assertThatThrownBy(() -> t.restore(odd)).isInstanceOf(InvalidArgumentException.class);
      }
      assertSame(t.state(), s);
      t.fit(DATA, 1);
    }
    for (Runnable odd :
        List.<Runnable>of(
            () -> new TrainingState.Progress(-1, 0, 0, 0, null),
            () -> new TrainingState.Progress(1, 2, 0, 0, null),
            () -> new TrainingState.Fit(1, null, 1, List.of(), 0, 0, 0, 0, 0L),
            () -> new TrainingState.Fit(1, "d", 1, null, 0, 0, 0, 0, 0L),
            () ->
                new TrainingState.Fit(
                    1, "d", 1, Arrays.asList((History.Epoch) null), 0, 0, 0, 0, 0L),
            () -> new TrainingState.Fit(1, "d", 1, List.of(), -1, 0, 0, 0, 0L),
            () -> EarlyStopping.bestEpoch(null))) {
      assertThatThrownBy(odd::run).isInstanceOf(InvalidArgumentException.class);
    }
  }

  /** F7: epochs of which only some have a validation. */
  @Test
  void bestEpochOfMixedOnes() {
    Evaluation v = new Evaluation(0.5, 1, 10);
    History.Epoch with = new History.Epoch(1, 1, 0.5, 1, 1, Optional.of(v));
    History.Epoch without = new History.Epoch(2, 0.5, 0.5, 1, 1, Optional.empty());
    assertThat(EarlyStopping.bestEpoch(List.of(with, without))).isZero();
    assertThat(EarlyStopping.bestEpoch(List.of(without, with))).isZero();
    assertThat(new EarlyStopping(1).ends(List.of(without, without))).isFalse();
  }

  @Test
  void anotherTrainersStateIsRefusedAndChangesNothing() {
    try (Trainer t = trainer().build();
        Trainer other = trainer().optimizer(new Adam()).build()) {
      other.fit(DATA, 1);
      TrainingState before = t.state();
      assertThatThrownBy(() -> t.restore(other.state()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("the state has optimizer Adam")
          .hasMessageContaining("the trainer has Sgd");
      TrainingState state = other.state();
      java.util.TreeMap<String, float[]> fewer = new java.util.TreeMap<>(state.tensors());
      fewer.remove("optimizer.exp_avg.linear1.weight");
      TrainingState broken =
          new TrainingState(state.network(), state.settings(), state.progress(), fewer);
      try (Trainer same = trainer().optimizer(new Adam()).build()) {
        TrainingState first = same.state();
        assertThatThrownBy(() -> same.restore(broken))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessageContaining("optimizer.exp_avg.linear1.weight is missing");
        assertSame(same.state(), first);
      }
      assertSame(t.state(), before);
    }
  }

  @Test
  void aStateWithATensorTooManyIsRefusedAndChangesNothing() {
    try (Trainer t = trainer().build()) {
      TrainingState before = t.state();
      for (String name : List.of("weights.other", "optimizer.exp_avg.linear1.weight", "x")) {
        java.util.TreeMap<String, float[]> more = new java.util.TreeMap<>(before.tensors());
        more.put(name, new float[1]);
        TrainingState odd =
            new TrainingState(before.network(), before.settings(), before.progress(), more);
        assertThatThrownBy(() -> t.restore(odd))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessage("trainer: the state's tensor " + name + " is unknown to the trainer");
      }
      assertSame(t.state(), before);
    }
  }

  @Test
  void earlyStoppingEndsWhenNothingImproves() {
    try (Trainer t =
        trainer()
            .optimizer(new Sgd(0.01f))
            .validation(HELD_OUT)
            .earlyStopping(new EarlyStopping(Goal.ACCURACY, 2, 1))
            .build()) {
      History h = t.fit(DATA, 10);
      assertThat(h.stopReason()).isEqualTo(History.StopReason.EARLY);
      assertThat(h.epochs()).hasSize(3);
      assertThat(h.epochs()).allMatch(e -> e.validation().orElseThrow().images() == 20);
    }
    assertThatThrownBy(() -> trainer().earlyStopping(new EarlyStopping(2)).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("trainer: early stopping requires a validation set");
  }

  @Test
  void metricsOfTheValidationSetReachTheListener() {
    List<String> seen = new ArrayList<>();
    try (Trainer t = trainer().validation(HELD_OUT).build()) {
      History h =
          t.fit(
              DATA,
              2,
              new TrainingListener() {
                @Override
                public void onMetric(Metric m) {
                  seen.add(m.epoch() + " " + m.name() + " " + m.value());
                }
              });
      Evaluation last = h.epochs().get(1).validation().orElseThrow();
      assertThat(seen).hasSize(4);
      assertThat(seen.get(2)).isEqualTo("2 validation_loss " + last.loss());
      assertThat(seen.get(3)).isEqualTo("2 validation_accuracy " + last.accuracy());
    }
  }

  @Test
  void lossThatIsNotANumberNamesStepAndLayer() {
    float[] huge = new float[27];
    Arrays.fill(huge, 3e38f);
    try (Trainer t = trainer().weights(Map.of("conv2d1.weight", huge)).build()) {
      assertThatThrownBy(() -> t.fit(DATA, 1))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("at epoch 1, step 1")
          .hasMessageContaining("layer conv2d1 is the first whose output is not finite");
    }
    try (Trainer t = trainer().optimizer(new Sgd(1e30f)).build()) {
      assertThatThrownBy(() -> t.fit(DATA, 9))
          .isInstanceOf(NumericException.class)
          .hasMessageMatching(".*epoch 1, step \\d+: layer \\w+ is the first whose .*");
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.io.Checkpoints;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.train.EarlyStopping;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A training through fit with validation, history, early stopping, checkpoints, and going on after
 * it was stopped.
 *
 * @param builder with a validation set
 * @param fit of the trainer on its data
 * @param validate of the trainer on its validation set
 */
record TrainingScenario(
    Supplier<TrainerBuilder> builder, Fit fit, Function<Trainer, Evaluation> validate, int epochs) {
  /** A call of fit on the scenario's data. */
  interface Fit {
    History of(Trainer trainer, int epochs, TrainingListener listener);
  }

  /**
   * All of it.
   *
   * @param folder for checkpoints
   * @param then takes the trained trainer
   */
  void check(Path folder, Consumer<Trainer> then) {
    try (Trainer whole = builder.get().build()) {
      History history = fit.of(whole, epochs, new TrainingListener() {});
      assertThat(history.stopReason()).isEqualTo(History.StopReason.FINISHED);
      assertThat(history.epochs()).hasSize(epochs).allMatch(e -> e.validation().isPresent());
      assertThat(history.epochs().get(epochs - 1).validation()).hasValue(validate.apply(whole));
      assertThat(history.epochs().get(epochs - 1).loss())
          .isLessThan(history.epochs().get(0).loss());
      goesOnToTheSameBits(folder, history, whole.state());
      then.accept(whole);
    }
    endsEarly();
  }

  /** Stopped in the middle of the second epoch, then read from its checkpoint. */
  private void goesOnToTheSameBits(Path folder, History history, TrainingState end) {
    Checkpoints checkpoints = Checkpoints.in(folder);
    try (Trainer stopped = builder.get().build()) {
      History part = fit.of(stopped, epochs, checkpoints.of(stopped, stopsAfter(stopped)));
      assertThat(part.stopReason()).isEqualTo(History.StopReason.STOPPED);
      assertThat(part.epochs()).hasSize(1);
    }
    try (Trainer rest = builder.get().build()) {
      rest.restore(checkpoints.latest().state());
      History all = fit.of(rest, epochs, checkpoints.of(rest));
      assertThat(all.stopReason()).isEqualTo(History.StopReason.FINISHED);
      assertThat(results(all)).isEqualTo(results(history));
      TrainingState got = rest.state();
      assertThat(got.tensors().keySet()).isEqualTo(end.tensors().keySet());
      end.tensors().forEach((k, v) -> assertThat(got.tensors().get(k)).as(k).isEqualTo(v));
    }
  }

  /** The epochs without the time they took: equal if all bits are. */
  private static List<History.Epoch> results(History history) {
    return history.epochs().stream()
        .map(e -> new History.Epoch(e.epoch(), e.loss(), e.accuracy(), 0, 0, e.validation()))
        .toList();
  }

  private static TrainingListener stopsAfter(Trainer trainer) {
    return new TrainingListener() {
      private boolean second;

      @Override
      public void onEpoch(History.Epoch epoch) {
        second = true;
      }

      @Override
      public void onStep(Step s) {
        if (second) {
          trainer.stop();
        }
      }
    };
  }

  /** No epoch is better by so much, so that the first stays the best. */
  private void endsEarly() {
    EarlyStopping rule = new EarlyStopping(Goal.LOSS, 1, 1e9);
    try (Trainer trainer = builder.get().earlyStopping(rule).build()) {
      History history = fit.of(trainer, epochs, new TrainingListener() {});
      assertThat(history.stopReason()).isEqualTo(History.StopReason.EARLY);
      assertThat(history.epochs()).hasSize(2);
    }
  }
}

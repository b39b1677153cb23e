package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Goal;
import dev.quern.network.Network;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rates that fall where the validation set does not improve. */
class ReduceOnPlateauTest {
  private static final Dataset DATA = Synthetic.quarters(32, 1);
  private static final Dataset HELD_OUT = Synthetic.quarters(16, 2);
  private static final Network NET =
      Network.of("linear", Shape.of(1, 12, 12), new Flatten(), new Linear(4));
  private static final double[] LOSSES = {
    1.0, 0.8, 0.79999, 0.85, 0.9, 0.7, 0.7, 0.7, 0.7, 0.7, 0.71, 0.72, 0.5, 0.5
  };

  private static List<History.Epoch> epochs(double... values) {
    List<History.Epoch> all = new ArrayList<>();
    for (double v : values) {
      Evaluation e = new Evaluation(Double.NaN, v, 1, Map.of("mean_iou", v));
      all.add(new History.Epoch(all.size() + 1, 1, 0, 1, 1, Optional.of(e)));
    }
    return all;
  }

  private static void rates(ReduceOnPlateau rule, double[] values, double... wanted) {
    List<History.Epoch> all = epochs(values);
    for (int i = 0; i < values.length; i++) {
      assertThat(0.1 * rule.factor(all.subList(0, i + 1), 0.1))
          .as("after epoch " + (i + 1))
          .isEqualTo(wanted[i], offset(1e-12));
    }
  }

  /** What torch 2's ReduceLROnPlateau made of these values. */
  @Test
  void ratesArePyTorchs() {
    rates(
        new ReduceOnPlateau(Goal.LOSS, 0.5, 1),
        LOSSES,
        0.1,
        0.1,
        0.1,
        0.05,
        0.05,
        0.05,
        0.05,
        0.025,
        0.025,
        0.0125,
        0.0125,
        0.00625,
        0.00625,
        0.00625);
    double low = 0.02;
    rates(
        new ReduceOnPlateau(Goal.LOSS, 0.1, 0, 0.05, low, 2),
        LOSSES,
        0.1,
        0.1,
        low,
        low,
        low,
        low,
        low,
        low,
        low,
        low,
        low,
        low,
        low,
        low);
    rates(
        new ReduceOnPlateau(Goal.of("mean_iou"), 0.3, 1, 0.01, 0, 0),
        new double[] {0.5, 0.6, 0.6005, 0.6, 0.62, 0.61, 0.6, 0.6},
        0.1,
        0.1,
        0.1,
        0.03,
        0.03,
        0.03,
        0.009,
        0.009);
  }

  /** A rule that every epoch breaks halves the rate each time; a schedule is multiplied. */
  @Test
  void stepsFollowTheRule() {
    ReduceOnPlateau rule = new ReduceOnPlateau(Goal.LOSS, 0.5, 0, 1e9, 0, 0);
    List<Double> rates = new ArrayList<>();
    try (Trainer t = builder().schedule(Schedule.exponential(0.1)).reduceOnPlateau(rule).build()) {
      t.fit(
          DATA,
          3,
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              if (s.step() == 1) {
                rates.add(s.lr());
              }
            }
          });
      assertThat(rates.get(0)).isEqualTo(0.25);
      assertThat(rates.get(1)).isEqualTo(0.025, offset(1e-12));
      assertThat(rates.get(2)).isEqualTo(0.00125, offset(1e-12));
      float[] before = t.state().weights().get("linear1.weight");
      assertThat(before).isNotEmpty();
    }
  }

  @Test
  void aRunGoesOnToTheSameBits() {
    TrainerBuilder b = builder().reduceOnPlateau(new ReduceOnPlateau(Goal.LOSS, 0.5, 0, 1e9, 0, 0));
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = b.build()) {
      whole.fit(
          DATA,
          4,
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              states.add(whole.state());
            }

            @Override
            public void onEpoch(History.Epoch e) {
              states.add(whole.state());
            }
          });
      Map<String, float[]> end = whole.state().weights();
      for (TrainingState s : states) {
        try (Trainer again = b.build()) {
          again.restore(s);
          again.fit(DATA, 4);
          assertThat(again.state().weights().get("linear1.weight"))
              .isEqualTo(end.get("linear1.weight"));
        }
      }
    }
  }

  private static TrainerBuilder builder() {
    return Trainer.builder(NET).batch(16).optimizer(new Sgd(0.25f, 0.9f)).validation(HELD_OUT);
  }

  @Test
  void anyScoreMayEndTheTraining() {
    try (Trainer t =
        builder().earlyStopping(new EarlyStopping(Goal.of("f1_macro"), 1, 1)).build()) {
      History h = t.fit(DATA, 5);
      assertThat(h.stopReason()).isEqualTo(History.StopReason.EARLY);
      assertThat(h.epochs()).hasSize(2);
      assertThat(EarlyStopping.bestEpoch(h.epochs(), Goal.of("f1_macro"))).isBetween(0, 1);
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    refused(
        () -> Trainer.builder(NET).reduceOnPlateau(new ReduceOnPlateau()).build(),
        "trainer: reduce on plateau requires a validation set");
    refused(
        () -> builder().reduceOnPlateau(new ReduceOnPlateau(Goal.of("mean_iou"), 0.1, 1)).build(),
        "reduce on plateau: mean_iou is not one of the metrics");
    refused(
        () -> builder().earlyStopping(new EarlyStopping(Goal.of("mae"), 1, 0)).build(),
        "early stopping: mae is not one of the metrics");
    refused(() -> new ReduceOnPlateau(Goal.LOSS, 1, 1), "factor 1.0 is outside (0, 1)");
    refused(() -> new ReduceOnPlateau(Goal.LOSS, 0.1, -1), "patience -1");
    refused(() -> new ReduceOnPlateau(Goal.LOSS, 0.1, 1, -1, 0, 0), "threshold -1.0");
    refused(() -> new ReduceOnPlateau(Goal.LOSS, 0.1, 1, 0, Double.NaN, 0), "min_lr NaN");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(message);
  }
}

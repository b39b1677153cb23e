package dev.quern.train;

import static dev.quern.train.TrainerResumeTest.DATA;
import static dev.quern.train.TrainerResumeTest.EPOCHS;
import static dev.quern.train.TrainerResumeTest.afterSteps;
import static dev.quern.train.TrainerResumeTest.assertSame;
import static dev.quern.train.TrainerResumeTest.full;
import static dev.quern.train.TrainerResumeTest.trainer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.error.InvalidArgumentException;
import dev.quern.optim.Adam;
import dev.quern.optim.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call of fit that was stopped, or is done, goes on with more epochs than it was asked for. */
class MoreEpochsTest {
  /** Where the schedule does not depend on how many epochs there are, the bits do not either. */
  @ParameterizedTest
  @ValueSource(ints = {10, 7, 14, 20})
  void moreEpochsGoOnToTheBitsOfALongerCall(int at) {
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = full(new Adam(0.003f)).schedule(Schedule.step(2)).build();
        Trainer two = full(new Adam(0.003f)).schedule(Schedule.step(2)).build();
        Trainer t = full(new Adam(0.003f)).schedule(Schedule.step(2)).build()) {
      History wanted = whole.fit(DATA, 4);
      two.fit(DATA, EPOCHS, afterSteps(n -> states.add(two.state())));
      t.restore(states.get(at));
      assertSame(t.fit(DATA, 4), wanted);
      assertSame(t.state(), whole.state());
    }
  }

  /** The last state that a listener gets of a call is enough to resume it. */
  @Test
  void moreEpochsGoOnWithACallThatIsDone() {
    List<TrainingState> states = new ArrayList<>();
    try (Trainer whole = full(new Adam(0.003f)).schedule(Schedule.constant()).build();
        Trainer two = full(new Adam(0.003f)).schedule(Schedule.constant()).build();
        Trainer t = full(new Adam(0.003f)).schedule(Schedule.constant()).build()) {
      History wanted = whole.fit(DATA, 4);
      two.fit(DATA, 2, afterEpochs(() -> states.add(two.state())));
      t.restore(states.get(1));
      assertThatThrownBy(() -> t.fit(DATA, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "fit: epochs 1 must be at least the number of epochs that the stopped call has"
                  + " started, 2");
      assertSame(t.fit(DATA, 4), wanted);
      assertSame(t.state(), whole.state());
      t.restore(states.get(1));
      assertThat(t.fit(DATA, 2).epochs()).isEqualTo(states.get(1).progress().fit().done());
    }
  }

  /** A schedule is over the epochs that are asked for now. */
  @Test
  void theScheduleSpansTheNewEpochs() {
    List<TrainingState> states = new ArrayList<>();
    List<Double> rates = new ArrayList<>();
    try (Trainer two = trainer().schedule(Schedule.polynomial(1)).build();
        Trainer t = trainer().schedule(Schedule.polynomial(1)).build()) {
      two.fit(DATA, 2, afterEpochs(() -> states.add(two.state())));
      t.restore(states.get(1));
      t.fit(
          DATA,
          4,
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              rates.add(s.lr());
            }
          });
    }
    assertThat(rates).hasSize(14);
    assertThat(rates.get(0)).isCloseTo(0.01 * (1 - 14 / 28.0), offset(1e-9));
    assertThat(rates.get(13)).isCloseTo(0.01 * (1 - 27 / 28.0), offset(1e-9));
  }

  private static TrainingListener afterEpochs(Runnable then) {
    return new TrainingListener() {
      @Override
      public void onEpoch(History.Epoch e) {
        then.run();
      }
    };
  }
}

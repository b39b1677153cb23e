package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is frozen for some epochs and trained from then on. */
class UnfreezingTest {
  private static final Dataset DATA = Synthetic.quarters(32, 1);
  private static final Network NET =
      Network.builder("stem-body-head", Shape.of(1, 12, 12))
          .add("stem", new Conv2d(4, 3))
          .add("body", new Conv2d(6, 3))
          .add("norm", new BatchNorm2d())
          .add("relu", new Relu())
          .add("flat", new Flatten())
          .add("head", new Linear(4))
          .build();

  private static TrainerBuilder builder(Optimizer optimizer) {
    return Trainer.builder(NET)
        .batch(8)
        .optimizer(optimizer)
        .schedule(Schedule.cosine())
        .freeze("stem.*", "body.*", "norm.*")
        .unfreeze(2, "body.*", "norm.*")
        .unfreeze(4, "stem.weight");
  }

  private static Map<String, float[]> weights(Trainer t) {
    return t.state().weights();
  }

  @Test
  void eachStageTrainsMore() {
    List<Map<String, float[]>> epochs = new ArrayList<>();
    try (Trainer t = builder(new Sgd(0.05f, 0.9f)).build()) {
      epochs.add(weights(t));
      t.fit(
          DATA,
          4,
          new TrainingListener() {
            @Override
            public void onEpoch(History.Epoch e) {
              epochs.add(weights(t));
            }
          });
      assertThat(t.gradients()).containsKey("stem.weight").doesNotContainKey("stem.bias");
    }
    moves(epochs, "head.weight", 1);
    moves(epochs, "body.weight", 2);
    moves(epochs, "norm.running_mean", 2);
    moves(epochs, "stem.weight", 4);
    moves(epochs, "stem.bias", 5);
  }

  /** Stays until the epoch, and moves in it and in those behind. */
  private static void moves(List<Map<String, float[]>> epochs, String name, int from) {
    for (int e = 1; e < epochs.size(); e++) {
      float[] before = epochs.get(e - 1).get(name);
      float[] after = epochs.get(e).get(name);
      if (e < from) {
        assertThat(after).as(name + " in epoch " + e).isEqualTo(before);
      } else {
        assertThat(after).as(name + " in epoch " + e).isNotEqualTo(before);
      }
    }
  }

  /** The first stage alone is bit-identical to a trainer that never unfreezes. */
  @Test
  void nothingChangesBeforeTheFirstUnfreezing() {
    try (Trainer some = builder(new AdamW(0.01f)).schedule(Schedule.constant()).build();
        Trainer never =
            Trainer.builder(NET)
                .batch(8)
                .optimizer(new AdamW(0.01f))
                .freeze("stem.*", "body.*", "norm.*")
                .build()) {
      some.fit(DATA, 1);
      never.fit(DATA, 1);
      same(weights(some), weights(never));
    }
  }

  /**
   * A stage of its own begins as a trainer of these weights that froze less from its start: where
   * the optimizer remembers nothing, the epochs are bit-identical.
   */
  @Test
  void aStageIsATrainerThatFreezesLess() {
    try (Trainer once = builder(new Sgd(0.05f, 0)).schedule(Schedule.constant()).build();
        Trainer before = builder(new Sgd(0.05f, 0)).schedule(Schedule.constant()).build()) {
      once.fit(DATA, 2);
      before.fit(DATA, 1);
      TrainingState half = before.state();
      try (Trainer later =
          Trainer.builder(NET).batch(8).optimizer(new Sgd(0.05f, 0)).freeze("stem.*").build()) {
        later.restore(
            new TrainingState(
                NET,
                later.state().settings(),
                new TrainingState.Progress(4, 4, 0, 1, null),
                half.tensors()));
        later.fit(DATA, 1);
        same(weights(once), weights(later));
      }
    }
  }

  @Test
  void aRunGoesOnFromEveryStepToTheSameBits() {
    List<TrainingState> states = new ArrayList<>();
    TrainerBuilder b =
        builder(new AdamW(0.01f)).ema(0.9).lookahead(new Lookahead(3, 0.5f)).accumulate(3);
    try (Trainer t = b.build()) {
      states.add(t.state());
      t.fit(
          DATA,
          5,
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              states.add(t.state());
            }

            @Override
            public void onEpoch(History.Epoch e) {
              states.add(t.state());
            }
          });
      TrainingState end = t.state();
      for (TrainingState from : states) {
        try (Trainer again = b.build()) {
          again.restore(from);
          again.fit(DATA, 5);
          same(again.state().tensors(), end.tensors());
        }
      }
      t.restore(states.get(2)); // back over two stages
      t.fit(DATA, 5);
      same(t.state().tensors(), end.tensors());
    }
  }

  /** Adam corrects the bias of averages that begin at zero by their own count of updates. */
  @Test
  void updatesAreCountedFromTheUnfreezing() {
    try (Trainer t =
        Trainer.builder(NET)
            .batch(32)
            .optimizer(new AdamW(1e-3f, 0))
            .freeze("stem.*")
            .unfreeze(4, "stem.*")
            .build()) {
      float[] before = weights(t).get("stem.weight");
      t.fit(DATA, 4);
      float[] after = weights(t).get("stem.weight");
      float most = 0;
      for (int i = 0; i < before.length; i++) {
        most = Math.max(most, Math.abs(after[i] - before[i]));
      }
      // the first step of Adam is the learning rate, whatever the gradient; counted from the
      // trainer's begin, this would be 0.58 of it
      assertThat(most).isBetween(0.95e-3f, 1.01e-3f);
    }
  }

  @Test
  void aStateOfOtherStagesIsRefused() {
    try (Trainer t = builder(new Sgd(0.05f, 0.9f)).build()) {
      t.fit(DATA, 2);
      TrainingState s = t.state();
      TrainingState.Progress p = s.progress();
      TrainingState lacks =
          new TrainingState(
              NET,
              s.settings(),
              new TrainingState.Progress(p.steps(), p.updates(), 0, p.epochs(), null),
              s.tensors());
      assertThatThrownBy(() -> t.restore(lacks))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "trainer: parameters were unfrozen 0 times by epoch 2 in the state, but 1 times in"
                  + " the trainer");
      try (Trainer others =
          Trainer.builder(NET).batch(8).optimizer(new Sgd(0.05f, 0.9f)).freeze("stem.*").build()) {
        assertThatThrownBy(() -> others.restore(s)).isInstanceOf(InvalidArgumentException.class);
      }
    }
  }

  @Test
  void whatCannotBeUnfrozenIsRefused() {
    TrainerBuilder b = Trainer.builder(NET).freeze("stem.*");
    assertThatThrownBy(() -> b.unfreeze(1, "stem.*"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("epoch 1");
    assertThatThrownBy(() -> Trainer.builder(NET).freeze("stem.*").unfreeze(2, "head.*").build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("unfreeze: pattern head.* matches no parameter that is frozen in epoch 2");
    assertThatThrownBy(() -> Trainer.builder(NET).freeze("stem.*").unfreeze(2, "stm.*").build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("stm.* matches none of");
  }

  /** A stage that does not fit leaves the trainer as it was. */
  @Test
  void aStageThatNeedsTooMuchMemoryEndsTheFit() {
    long first;
    try (Trainer t = builder(new AdamW(0.01f)).build()) {
      first = t.bytes();
    }
    try (Trainer t = builder(new AdamW(0.01f)).memoryLimit(first).build()) {
      assertThatThrownBy(() -> t.fit(DATA, 3)).isInstanceOf(MemoryLimitException.class);
      assertThat(t.state().progress().epochs()).isEqualTo(1);
      assertThat(t.gradients()).containsOnlyKeys("head.weight", "head.bias");
    }
  }

  private static void same(Map<String, float[]> got, Map<String, float[]> wanted) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((name, w) -> assertThat(got.get(name)).as(name).isEqualTo(w));
  }
}

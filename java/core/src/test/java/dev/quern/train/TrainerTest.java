package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.engine.Engine;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final TrainingListener QUIET = new TrainingListener() {};
  private final int threads = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(threads);
  }

  private static Network small() {
    return Network.of(
        "small",
        Shape.of(1, 12, 12),
        new Conv2d(5, 3),
        new Relu(),
        new MaxPool2d(2),
        new Flatten(),
        new Linear(4));
  }

  private static TrainerBuilder trainer(Dataset data) {
    return Trainer.builder(small())
        .batch(16)
        .normalization(data.normalization())
        .optimizer(new Sgd(0.05f, 0.9f));
  }

  private static Map<String, float[]> weightsAfter(int threadCount, long seed) {
    Engine.setThreads(threadCount);
    Dataset data = Synthetic.quarters(100, 1);
    try (Trainer t = trainer(data).seed(seed).build()) {
      t.fit(data, 2, QUIET);
      return t.modelData(data.classes(), Map.of()).weights();
    }
  }

  @Test
  void learnsAndReports() {
    Dataset data = Synthetic.quarters(300, 1);
    List<TrainingListener.Step> steps = new ArrayList<>();
    try (Trainer t = trainer(data).build()) {
      History h =
          t.fit(
              data,
              3,
              new TrainingListener() {
                @Override
                public void onStep(Step s) {
                  steps.add(s);
                }
              });
      assertThat(h.epochs()).extracting(History.Epoch::epoch).containsExactly(1, 2, 3);
      assertThat(h.epochs().get(2).loss()).isLessThan(h.epochs().get(0).loss());
      assertThat(steps).hasSize(3 * 19);
      assertThat(steps.get(18).images()).isEqualTo(300 - 18 * 16);
      Evaluation e = t.evaluate(Synthetic.quarters(200, 2));
      assertThat(e.accuracy()).isGreaterThan(0.95);
      assertThat(e.images()).isEqualTo(200);
    }
  }

  @Test
  void sameSeedSameBitsForAnyThreadCount() {
    Map<String, float[]> one = weightsAfter(1, 5);
    for (int n : new int[] {1, 2, 3, 8}) {
      weightsAfter(n, 5)
          .forEach((name, w) -> assertThat(w).as(name + ", threads " + n).isEqualTo(one.get(name)));
    }
    assertThat(weightsAfter(1, 6).get("conv2d1.weight")).isNotEqualTo(one.get("conv2d1.weight"));
  }

  @Test
  void scheduleSeesEveryStepAndScalesTheRate() {
    Dataset data = Synthetic.quarters(40, 1);
    List<String> seen = new ArrayList<>();
    try (Trainer scheduled =
            trainer(data)
                .schedule(
                    at -> {
                      seen.add(at.step() + "/" + at.steps() + "/" + at.stepsPerEpoch());
                      return 0.5;
                    })
                .build();
        Trainer halved = trainer(data).optimizer(new Sgd(0.025f, 0.9f)).build()) {
      scheduled.fit(data, 2, QUIET);
      halved.fit(data, 2, QUIET);
      assertThat(seen).containsExactly("0/6/3", "1/6/3", "2/6/3", "3/6/3", "4/6/3", "5/6/3");
      assertThat(scheduled.modelData(data.classes(), Map.of()).weights().get("linear1.weight"))
          .isEqualTo(halved.modelData(data.classes(), Map.of()).weights().get("linear1.weight"));
    }
  }

  @Test
  void scheduleThatIsNoRateEndsTraining() {
    Dataset data = Synthetic.quarters(40, 1);
    for (double factor : new double[] {Double.NaN, Double.POSITIVE_INFINITY, -1}) {
      try (Trainer t = trainer(data).schedule(at -> at.step() == 5 ? factor : 1).build()) {
        assertThatThrownBy(() -> t.fit(data, 2, QUIET))
            .isInstanceOf(NumericException.class)
            .hasMessage(
                "training: schedule factor "
                    + factor
                    + " of update 5 must be finite and at least 0");
        assertThat(t.evaluate(data).loss()).isFinite();
      }
    }
  }

  @Test
  void scheduleTooLongToReadIsRefused() {
    assertThatThrownBy(() -> Schedule.parse("warmup:1,".repeat(100_000) + "cosine"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "schedule: a string of 900006 characters is longer than the 2000 allowed for a"
                + " schedule");
  }

  @Test
  void lossThatIsNotANumberStopsWithTheStep() {
    Dataset data = Synthetic.quarters(64, 1);
    try (Trainer t = trainer(data).optimizer(new Sgd(1e20f)).build()) {
      assertThatThrownBy(() -> t.fit(data, 3, QUIET))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("epoch 1, step");
    }
  }

  @Test
  void refusesBadArguments() {
    Dataset data = Synthetic.quarters(10, 1);
    assertThatThrownBy(() -> trainer(data).batch(0).build())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("plan: batch 0 must be at least 1");
    assertThatThrownBy(() -> trainer(data).batch(Integer.MAX_VALUE).build())
        .isInstanceOf(MemoryLimitException.class)
        .hasMessageContaining("MiB requested");
    try (Trainer t = trainer(data).build();
        Arena arena = new Arena()) {
      assertThatThrownBy(() -> t.fit(data, 0, QUIET)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> t.fit(data.slice(0, 0), 1, QUIET))
          .isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> t.evaluate(data.slice(0, 0)))
          .isInstanceOf(InvalidArgumentException.class);
      Dataset other = Dataset.of("o", Shape.of(1, 12, 12), List.of("a"), new byte[144], new int[1]);
      assertThatThrownBy(() -> t.fit(other, 1, QUIET)).isInstanceOf(ShapeException.class);
      assertThatThrownBy(() -> t.evaluate(other))
          .isInstanceOf(ShapeException.class)
          .hasMessage("network: output 4 does not fit the 1 classes of o");
      Dataset wide =
          Dataset.of("w", Shape.of(1, 12, 13), data.classes(), new byte[156], new int[1]);
      assertThatThrownBy(() -> t.fit(wide, 1, QUIET))
          .isInstanceOf(ShapeException.class)
          .hasMessage("network: input 1x12x12 does not fit the images 1x12x13 of w");
      Dataset both = Dataset.of("b", Shape.of(1, 12, 13), List.of("a"), new byte[156], new int[1]);
      assertThatThrownBy(() -> trainer(data).validation(both).build())
          .isInstanceOf(ShapeException.class)
          .hasMessage(
              "network: input 1x12x12 does not fit the images 1x12x13 of b; output 4 does not fit"
                  + " the 1 classes of b");
      Tensor x = arena.tensor(Shape.of(2, 1, 12, 12));
      assertThatThrownBy(() -> t.step(x, 1)).isInstanceOf(ShapeException.class);
      assertThatThrownBy(() -> t.step(x, 1, 4))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("target 4 of row 1");
      assertThatThrownBy(() -> t.step(arena.tensor(Shape.of(17, 1, 12, 12)), new int[17]))
          .isInstanceOf(ShapeException.class);
    }
  }

  /** One float a channel beyond what the network has was once written past the plan's slab. */
  @Test
  void normalizationOfOtherChannelsIsRefused() {
    for (int channels : new int[] {2, 1_000_000}) {
      assertThatThrownBy(
              () -> Trainer.builder(small()).normalization(Normalization.unit(channels)).build())
          .isInstanceOf(ShapeException.class)
          .hasMessage(
              "normalization: "
                  + channels
                  + " channels do not fit input 1x12x12, which requires 1");
    }
  }

  @Test
  void nullsAreTypedErrors() {
    TrainerBuilder b = Trainer.builder(small());
    assertThatThrownBy(() -> Trainer.builder(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> b.optimizer(null)).hasMessage("trainer: optimizer is null");
    assertThatThrownBy(() -> b.schedule(null)).hasMessage("trainer: schedule is null");
    assertThatThrownBy(() -> b.normalization(null)).hasMessage("trainer: normalization is null");
    assertThatThrownBy(() -> b.loss(null)).hasMessage("trainer: loss is null");
    assertThatThrownBy(() -> Model.of(null)).hasMessage("model: data is null");
    assertThatThrownBy(() -> Network.of("n", Shape.of(1), (dev.quern.layer.Layer) null))
        .hasMessage("network: layer is null");
  }

  @Test
  void fitInsideAListenerOfTheSameTrainerIsRefused() {
    Dataset data = Synthetic.quarters(32, 1);
    try (Trainer t = trainer(data).build()) {
      TrainingListener again =
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              t.fit(data, 1);
            }
          };
      assertThatThrownBy(() -> t.fit(data, 1, again))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("of this trainer called this method during its fit");
      assertThat(t.fit(data, 1).epochs()).hasSize(1);
    }
  }

  @Test
  void useAfterCloseIsATypedError() {
    Dataset data = Synthetic.quarters(10, 1);
    Trainer t = trainer(data).build();
    t.close();
    t.close();
    assertThatThrownBy(() -> t.fit(data, 1, QUIET)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> t.evaluate(data)).isInstanceOf(ClosedException.class);
    assertThatThrownBy(t::gradients).isInstanceOf(ClosedException.class);
  }

  @Test
  void closingInsideAListenerIsRefused() {
    Dataset data = Synthetic.quarters(32, 1);
    Trainer t = trainer(data).build();
    TrainingListener closing =
        new TrainingListener() {
          @Override
          public void onStep(Step s) {
            t.close();
          }
        };
    assertThatThrownBy(() -> t.fit(data, 1, closing))
        .isInstanceOf(ClosedException.class)
        .hasMessage("trainer: closed while 1 calls are still running");
    assertThat(t.evaluate(data).images()).isEqualTo(32);
    t.close();
  }
}

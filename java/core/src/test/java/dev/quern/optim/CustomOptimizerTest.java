package dev.quern.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import dev.quern.train.TrainingState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Optimizers of the user's own: as good as the native ones, and harmless where they lie. */
class CustomOptimizerTest {
  private static final Dataset DATA = Synthetic.quarters(40, 1);

  /** SGD with momentum, in doubles. */
  private record Momentum(float lr, float momentum, float weightDecay) implements CustomOptimizer {
    @Override
    public Momentum withLr(float rate) {
      return new Momentum(rate, momentum, weightDecay);
    }

    @Override
    public Momentum withWeightDecay(float decay) {
      return new Momentum(lr, momentum, decay);
    }

    @Override
    public List<String> states() {
      return List.of("momentum_buffer");
    }

    @Override
    public void step(Step s) {
      double[] v = s.state("momentum_buffer");
      for (int i = 0; i < v.length; i++) {
        double g = s.gradient()[i] + weightDecay * s.weight()[i];
        v[i] = s.number() == 1 ? g : momentum * v[i] + g;
        s.weight()[i] -= s.lr() * v[i];
      }
    }
  }

  private static final Momentum OWN = new Momentum(0.05f, 0.9f, 1e-3f);

  private static TrainerBuilder trainer(Optimizer optimizer) {
    Network net =
        Network.of("n", Shape.of(1, 12, 12), new Conv2d(3, 3), new Flatten(), new Linear(4));
    return Trainer.builder(net).batch(8).optimizer(optimizer);
  }

  private static TrainerBuilder full(Optimizer optimizer) {
    return trainer(optimizer)
        .schedule(Schedule.cosine())
        .accumulate(2)
        .ema(0.9)
        .lookahead(new Lookahead(2, 0.5f))
        .clipNorm(1)
        .decayWeightsOnly()
        .group(new ParameterGroup("linear1.*", 0.5f, 1e-2f));
  }

  private static Map<String, float[]> trained(TrainerBuilder b) {
    try (Trainer t = b.build()) {
      t.fit(DATA, 3);
      return t.state().tensors();
    }
  }

  private static void same(Map<String, float[]> got, Map<String, float[]> wanted) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach((name, values) -> assertThat(got.get(name)).as(name).isEqualTo(values));
  }

  @Test
  void itDoesWhatTheNativeOneDoes() {
    Map<String, float[]> own = trained(full(OWN));
    Map<String, float[]> wanted = trained(full(new Sgd(0.05f, 0.9f, 1e-3f, false)));
    assertThat(own.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach(
        (name, values) -> {
          for (int i = 0; i < values.length; i++) {
            assertThat(own.get(name)[i]).as(name).isCloseTo(values[i], within(1e-5f));
          }
        });
  }

  @Test
  void theBitsDoNotDependOnThreads() {
    int before = Engine.info().threads();
    List<Map<String, float[]>> runs = new ArrayList<>();
    try {
      for (int threads : new int[] {1, 3}) {
        Engine.setThreads(threads);
        runs.add(trained(full(OWN)));
      }
    } finally {
      Engine.setThreads(before);
    }
    same(runs.get(1), runs.get(0));
  }

  @Test
  void aResumedRunHasTheSameBits() {
    TrainingState[] middle = new TrainingState[1];
    try (Trainer t = full(OWN).build()) {
      t.fit(
          DATA,
          3,
          new TrainingListener() {
            private int steps;

            @Override
            public void onStep(Step s) {
              if (++steps == 8) {
                middle[0] = t.state();
                t.stop();
              }
            }
          });
    }
    assertThat(middle[0].tensors()).containsKey("optimizer.momentum_buffer.conv2d1.weight");
    try (Trainer t = full(OWN).build()) {
      t.restore(middle[0]);
      t.fit(DATA, 3);
      same(t.state().tensors(), trained(full(OWN)));
    }
    try (Trainer other = full(OWN.withLr(1)).build()) {
      assertThatThrownBy(() -> other.restore(middle[0]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("optimizer Momentum[lr=0.05, momentum=0.9, weightDecay=0.001]");
    }
  }

  @Test
  void itStepsOnTensorsAsOthersDo() {
    try (Arena arena = new Arena()) {
      Tensor w = arena.tensor(Shape.of(2, 2), 1, 2, 3, 4);
      Tensor g = arena.tensor(Shape.of(2, 2), 1, 1, 1, 1);
      Tensor v = arena.tensor(Shape.of(2, 2));
      new Momentum(0.5f, 0, 0).step(w, g, List.of(v), 1);
      assertThat(w.toArray()).containsExactly(0.5f, 1.5f, 2.5f, 3.5f);
      assertThat(v.toArray()).containsExactly(1, 1, 1, 1);
    }
  }

  @Test
  void muonLeavesTheRestToIt() {
    AtomicInteger steps = new AtomicInteger();
    Lying counting = new Lying();
    counting.stepped = s -> steps.incrementAndGet();
    try (Trainer t = trainer(new Muon(0.01f, 0.1f, 0.9f, counting)).build()) {
      t.fit(DATA, 1);
    }
    assertThat(steps.get()).isEqualTo(5 * 3); // all but the filters
  }

  /** Honest until a test changes an answer. */
  private static final class Lying implements CustomOptimizer {
    private interface Stepped {
      void step(Step s);
    }

    private float lr = 0.1f;
    private float decay;
    private String type = "lying";
    private List<String> states = List.of();
    private Optimizer other = this;
    private Stepped stepped = s -> {};

    @Override
    public String type() {
      return type;
    }

    @Override
    public float lr() {
      return lr;
    }

    @Override
    public float weightDecay() {
      return decay;
    }

    @Override
    public Optimizer withLr(float rate) {
      return other;
    }

    @Override
    public Optimizer withWeightDecay(float rate) {
      return other;
    }

    @Override
    public Optimizer forShape(Shape shape) {
      return other;
    }

    @Override
    public List<String> states() {
      return states;
    }

    @Override
    public void step(Step s) {
      stepped.step(s);
    }
  }

  private interface Lie {
    void tell(Lying to);
  }

  @Test
  void liesAreRefusedWhereTheyAreTold() {
    Map<String, Lie> lies = new LinkedHashMap<>();
    lies.put("type of " + Lying.class.getName() + " is null", o -> o.type = null);
    lies.put("lying: lr NaN must be finite and at least 0", o -> o.lr = Float.NaN);
    lies.put("lying: weight_decay -1.0 must be finite and at least 0", o -> o.decay = -1);
    lies.put("lying: states threw java.lang.NullPointerException", o -> o.states = null);
    lies.put("lying: state null must be a name", o -> o.states = Collections.singletonList(null));
    lies.put("lying: state a.b must be a name", o -> o.states = List.of("a.b"));
    lies.put("lying: two states have the same name in [a, a]", o -> o.states = List.of("a", "a"));
    lies.put("lying: it has more than 16 states", o -> o.states = Collections.nCopies(17, "a"));
    lies.put("lying: forShape is null", o -> o.other = null);
    lies.forEach(
        (why, lie) -> {
          Lying o = new Lying();
          lie.tell(o);
          assertThatThrownBy(() -> trainer(o).build())
              .isInstanceOf(QuernException.class)
              .hasMessageContaining(why);
        });
  }

  @Test
  void answersThatChangeLaterChangeNothing() {
    Lying o = new Lying();
    o.states = new ArrayList<>(List.of("a"));
    try (Trainer t = trainer(o).build()) {
      o.states.add("b");
      o.lr = Float.NaN;
      o.type = null;
      o.other = null;
      t.fit(DATA, 1);
      assertThat(t.state().tensors()).containsKey("optimizer.a.linear1.bias");
      assertThat(t.state().tensors()).doesNotContainKey("optimizer.b.linear1.bias");
    }
  }

  @Test
  void whatAStepThrowsIsTypedAndTrainingGoesOn() {
    for (Throwable thrown : List.of(new IllegalStateException("mine"), new StackOverflowError())) {
      Lying o = new Lying();
      AtomicInteger calls = new AtomicInteger();
      o.stepped =
          s -> {
            Arrays.setAll(s.weight(), i -> s.weight()[i] - s.lr() * s.gradient()[i]);
            if (calls.incrementAndGet() == 3) {
              sneak(thrown);
            }
          };
      try (Trainer t = trainer(o).build()) {
        Map<String, float[]> before = t.state().tensors();
        assertThatThrownBy(() -> t.fit(DATA, 1))
            .isInstanceOf(UserCodeException.class)
            .hasMessage("lying: step of 4x300 threw " + thrown)
            .hasCause(thrown);
        Map<String, float[]> after = t.state().tensors();
        assertThat(after.get("weights.conv2d1.bias"))
            .isNotEqualTo(before.get("weights.conv2d1.bias"));
        assertThat(after.get("weights.linear1.weight"))
            .isEqualTo(before.get("weights.linear1.weight"));
        t.fit(DATA, 1);
        assertThat(t.evaluate(DATA).loss()).isFinite();
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable t) throws T {
    throw (T) t;
  }

  @Test
  void itCannotCallTheTrainer() {
    Lying o = new Lying();
    Trainer[] trainer = new Trainer[1];
    o.stepped = s -> trainer[0].fit(DATA, 1);
    try (Trainer t = trainer(o).build()) {
      trainer[0] = t;
      assertThatThrownBy(() -> t.fit(DATA, 1))
          .isInstanceOf(UserCodeException.class)
          .hasMessageContaining("a listener, layer or data set of this trainer called this");
    }
  }

  @Test
  void aScheduleThatThrowsIsTypedAndTrainingGoesOn() {
    Schedule throwing =
        at -> {
          if (at.step() == 2) {
            throw new IllegalStateException("mine");
          }
          return 1;
        };
    try (Trainer t = trainer(OWN).schedule(throwing).build()) {
      assertThatThrownBy(() -> t.fit(DATA, 1))
          .isInstanceOf(UserCodeException.class)
          .hasMessage("training: schedule threw java.lang.IllegalStateException: mine");
      assertThat(t.state().progress().updates()).isEqualTo(2);
      assertThat(t.evaluate(DATA).loss()).isFinite();
    }
  }
}

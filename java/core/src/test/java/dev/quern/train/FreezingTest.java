package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.Parameter;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What freezing does to a trainer besides its gradients. */
class FreezingTest {
  private static final Shape INPUT = Shape.of(1, 12, 12);
  static final Dataset DATA = Synthetic.quarters(32, 1);
  static final Network NET =
      Network.builder("body-and-head", INPUT)
          .add("body.conv", new Conv2d(6, 3).padding(1))
          .add("body.bn", new BatchNorm2d())
          .add("body.relu", new Relu())
          .add("body.drop", new Dropout(0.2f))
          .add("body.conv2", new Conv2d(8, 3))
          .add("body.bn2", new BatchNorm2d())
          .add("pool", new MaxPool2d(2))
          .add("flat", new Flatten())
          .add("hidden", new Linear(12))
          .add("relu", new Relu())
          .add("head", new Linear(4))
          .build();

  private static final String[] FROZEN = {"body.*", "hidden.bias"};

  static TrainerBuilder frozen(String... patterns) {
    return Trainer.builder(NET).batch(8).optimizer(new Sgd(0.1f, 0.9f)).freeze(patterns);
  }

  private static Map<String, float[]> weights(Trainer t) {
    return t.state().weights();
  }

  private static void same(Map<String, float[]> got, Map<String, float[]> wanted, String prefix) {
    assertThat(got.keySet()).isEqualTo(wanted.keySet());
    wanted.forEach(
        (name, w) -> {
          if (name.startsWith(prefix)) {
            assertThat(got.get(name)).as(name).isEqualTo(w);
          }
        });
  }

  @Test
  void nothingOfTheBodyMoves() {
    try (Trainer t = frozen("body.*").build()) {
      Map<String, float[]> before = weights(t);
      t.fit(DATA, 2);
      Map<String, float[]> after = weights(t);
      same(after, before, "body.");
      assertThat(after.get("body.bn.running_mean")).containsOnly(0);
      assertThat(after.get("head.weight")).isNotEqualTo(before.get("head.weight"));
      assertThat(t.gradients())
          .containsOnlyKeys("hidden.weight", "hidden.bias", "head.weight", "head.bias");
    }
  }

  @Test
  void statisticsMoveWhereTheyAreAskedTo() {
    try (Trainer t = frozen("body.*").moveFrozenStatistics().build()) {
      Map<String, float[]> before = weights(t);
      t.fit(DATA, 1);
      Map<String, float[]> after = weights(t);
      same(after, before, "body.conv");
      for (String name : NET.buffers().keySet()) {
        assertThat(after.get(name)).as(name).isNotEqualTo(before.get(name));
      }
    }
  }

  /** A norm of which a part is trained is trained. */
  @Test
  void statisticsMoveWhereAnythingOfTheLayerIsTrained() {
    try (Trainer t = frozen("*.weight").build()) {
      Map<String, float[]> before = weights(t);
      t.fit(DATA, 1);
      Map<String, float[]> after = weights(t);
      for (String name : NET.state().keySet()) {
        boolean stays = name.endsWith(".weight");
        if (stays) {
          assertThat(after.get(name)).as(name).isEqualTo(before.get(name));
        } else {
          assertThat(after.get(name)).as(name).isNotEqualTo(before.get(name));
        }
      }
    }
  }

  /** With statistics kept, one image a step is no contradiction. */
  @Test
  void frozenNormalisationTakesOneValueAChannel() {
    Network net =
        Network.of(
            "one",
            Shape.of(2, 3, 3),
            new Conv2d(3, 3),
            new BatchNorm2d(),
            new Flatten(),
            new Linear(2));
    try (Trainer t = Trainer.builder(net).batch(1).freeze("batch_norm2d1.*").build();
        Arena arena = new Arena()) {
      assertThat(t.step(arena.tensor(Shape.of(1, 2, 3, 3)), 1)).isPositive();
    }
  }

  @Test
  void aBodyWithoutBackwardPassTakesLessMemory() {
    Network net = Networks.byName("resnet20", Shape.of(3, 32, 32), 10);
    long all;
    try (Trainer t = Trainer.builder(net).batch(16).build()) {
      all = t.bytes();
    }
    try (Trainer t = Trainer.builder(net).batch(16).freeze("*conv*", "*bn*").build()) {
      assertThat(t.gradients().keySet()).hasSize(2);
      assertThat(t.bytes()).isLessThan(all / 3);
    }
  }

  /** A pass over the data that moves the statistics alone. */
  @Test
  void everythingMayBeFrozenButTheStatistics() {
    try (Trainer moving =
        frozen("*")
            .moveFrozenStatistics()
            .recompute()
            .accumulate(2)
            .ema(0.9)
            .lookahead(new Lookahead(2, 0.5f))
            .clipNorm(1)
            .build()) {
      Map<String, float[]> before = weights(moving);
      moving.fit(DATA, 2);
      same(moving.modelData(List.of(), Map.of()).weights(), before, "head");
      assertThat(weights(moving).get("body.bn.running_mean"))
          .isNotEqualTo(before.get("body.bn.running_mean"));
      assertThat(moving.gradients()).isEmpty();
    }
  }

  /** A trainer with all that goes on beside an optimizer. */
  private static TrainerBuilder busy() {
    return Trainer.builder(NET)
        .batch(8)
        .accumulate(3)
        .ema(0.8)
        .lookahead(new Lookahead(2, 0.5f))
        .moveFrozenStatistics();
  }

  @Test
  void optimizersDoToTheRestWhatTheyDid() {
    for (Optimizer o :
        List.of(new Sgd(0.05f, 0.9f), new AdamW(0.003f), new RmsProp(0.002f), new Muon(0.01f))) {
      TrainerBuilder still = busy().optimizer(o);
      for (String p : FROZEN) {
        still.group(new ParameterGroup(p, 0));
      }
      try (Trainer wanted = still.build();
          Trainer got = busy().optimizer(o).freeze(FROZEN).build()) {
        wanted.fit(DATA, 3);
        got.fit(DATA, 3);
        same(weights(got), weights(wanted), "");
        same(
            got.modelData(List.of(), Map.of()).weights(),
            wanted.modelData(List.of(), Map.of()).weights(),
            "");
        assertThat(got.evaluate(DATA)).isEqualTo(wanted.evaluate(DATA));
      }
    }
  }

  /** In a trainer that started with other frozen weights, of which no average may remember. */
  @Test
  void goesOnFromAnyStepToTheSameBits() {
    for (boolean moves : new boolean[] {false, true}) {
      List<TrainingState> states = new ArrayList<>();
      try (Trainer whole = resumable(moves).build()) {
        whole.fit(
            TrainerResumeTest.DATA,
            TrainerResumeTest.EPOCHS,
            TrainerResumeTest.afterSteps(n -> states.add(whole.state())));
        for (int at : new int[] {0, 1, 7, 12}) {
          try (Trainer t =
              resumable(moves).weights(Map.of("conv2d1.weight", new float[27])).build()) {
            t.restore(states.get(at));
            t.fit(TrainerResumeTest.DATA, TrainerResumeTest.EPOCHS);
            TrainerResumeTest.assertSame(t.state(), whole.state());
            assertThat(t.evaluate(DATA)).isEqualTo(whole.evaluate(DATA));
          }
        }
      }
    }
  }

  private static TrainerBuilder resumable(boolean moves) {
    TrainerBuilder b =
        TrainerResumeTest.full(new AdamW(0.003f)).freeze("conv*", "batch*", "linear1.bias");
    return moves ? b.moveFrozenStatistics() : b;
  }

  @Test
  void theSwitchIsASettingOnlyWhereItIsSet() {
    assertThat(frozen("body.*").settings.text()).doesNotContainKey("frozen_statistics");
    assertThat(frozen("body.*").moveFrozenStatistics().settings.text())
        .containsEntry("frozen_statistics", "move");
    try (Trainer t = frozen("body.*").build();
        Trainer moving = frozen("body.*").moveFrozenStatistics().build()) {
      assertThatThrownBy(() -> t.restore(moving.state()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("trainer: the state has frozen_statistics move, the trainer has none");
    }
  }

  /** PyTorch's rule, over what is trained. */
  @Test
  void clipNormIsThatOfTheRest() {
    Sgd plain = new Sgd(1);
    Map<String, float[]> start;
    Map<String, float[]> free;
    try (Trainer t = frozen("body.*").optimizer(plain).build()) {
      start = weights(t);
      step(t, 1);
      free = weights(t);
    }
    double squares = 0;
    for (String name : start.keySet()) {
      for (int i = 0; i < start.get(name).length; i++) {
        squares += Math.pow(free.get(name)[i] - start.get(name)[i], 2);
      }
    }
    try (Trainer t = frozen("body.*").optimizer(plain).clipNorm(Math.sqrt(squares) / 2).build()) {
      step(t, 1);
      float[] got = weights(t).get("head.weight");
      for (int i = 0; i < got.length; i++) {
        double wanted = (start.get("head.weight")[i] + free.get("head.weight")[i]) / 2.0;
        assertThat((double) got[i]).isCloseTo(wanted, offset(1e-6));
      }
    }
  }

  private static void step(Trainer t, int seed) {
    try (Arena arena = new Arena()) {
      t.step(images(arena, t.network().input(), seed), 0, 1, 2, 3, 0, 1, 2, 3);
    }
  }

  private static Tensor images(Arena arena, Shape input, int seed) {
    Random random = new Random(seed);
    Tensor x = arena.tensor(input.batch(8));
    float[] values = new float[(int) x.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return x.copyFrom(values);
  }

  /** Counts its backward passes. */
  private record Counting(List<String> calls, String name) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public List<Parameter> parameters(Shape input) {
      return List.of(new Parameter("scale", Shape.of(1), 0, 1));
    }

    @Override
    public void forward(Forward pass) {
      double s = pass.parameter("scale")[0];
      for (int i = 0; i < pass.input().length; i++) {
        pass.output()[i] = s * pass.input()[i];
      }
    }

    @Override
    public void backward(Backward pass) {
      calls.add(name);
      double s = pass.parameter("scale")[0];
      for (int i = 0; i < pass.gradOutput().length; i++) {
        pass.gradInput()[i] = s * pass.gradOutput()[i];
        pass.gradient("scale")[0] += pass.input()[i] * pass.gradOutput()[i];
      }
    }
  }

  /** A gradient goes as far as the first layer that is trained, on each way. */
  @Test
  void noBackwardPassRunsAheadOfWhatIsTrained() {
    List<String> calls = new ArrayList<>();
    Network net =
        Network.builder("ways", Shape.of(1, 4, 4))
            .add("a", new Counting(calls, "a"))
            .add("b", new Counting(calls, "b"), "a")
            .add("c", new Counting(calls, "c"), "b")
            .add("d", new Counting(calls, "d"), "a")
            .add("sum", new Add(), "c", "d")
            .add("e", new Counting(calls, "e"))
            .add("flat", new Flatten())
            .add("head", new Linear(4))
            .build();
    assertThat(calls(net, calls)).containsExactly("e", "d", "c", "b", "a");
    assertThat(calls(net, calls, "a.*")).containsExactly("e", "d", "c", "b");
    assertThat(calls(net, calls, "a.*", "b.*", "d.*", "e.*")).containsExactly("e", "c");
    assertThat(calls(net, calls, "b.*", "d.*", "head.*")).containsExactly("e", "d", "c", "b", "a");
    assertThat(calls(net, calls, "a.*", "b.*", "c.*", "d.*", "e.*")).isEmpty();
  }

  private static List<String> calls(Network net, List<String> calls, String... frozen) {
    try (Trainer t = Trainer.builder(net).batch(8).freeze(frozen).build()) {
      calls.clear();
      step(t, 3);
      return List.copyOf(calls);
    }
  }

  @Test
  void ofSeveralOutputsOneMayBeFrozen() {
    Network net =
        Network.builder("two", Shape.of(1, 6, 6))
            .add("stem", new Conv2d(4, 3))
            .add("flat", new Flatten())
            .add("left", new Linear(4), "flat")
            .add("right", new Linear(4), "flat")
            .output("left", "right", "flat")
            .build();
    try (Trainer t =
            Trainer.builder(net)
                .batch(8)
                .freeze("stem.*", "right.*")
                .loss("right", new Mse(), 2)
                .loss("flat", new Mse(), 1)
                .build();
        Trainer all =
            Trainer.builder(net)
                .batch(8)
                .group(new ParameterGroup("stem.*", 0))
                .group(new ParameterGroup("right.*", 0))
                .loss("right", new Mse(), 2)
                .loss("flat", new Mse(), 1)
                .build();
        Arena arena = new Arena()) {
      Map<String, Tensor> in = Map.of("input", images(arena, net.input(), 1));
      Map<String, Tensor> targets = new HashMap<>();
      for (String o : net.outputs()) {
        targets.put(o, arena.tensor(net.shapes().get(o).batch(8)));
      }
      for (int i = 0; i < 3; i++) {
        assertThat(t.step(in, targets)).isEqualTo(all.step(in, targets));
      }
      same(weights(t), weights(all), "");
      assertThat(t.gradients()).containsOnlyKeys("left.weight", "left.bias");
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A class at each position of an output, in whole networks, against the twins. */
class PositionLossTest {
  private static final float[] WEIGHTS = {1, 0.5f, 2};
  private static final int PLANNED = 4;
  private final int threads = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(threads);
  }

  /** An image becomes a signal, in the callers' order. */
  record Signal() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return Shape.of(input.dim(0), input.dim(1) * input.dim(2));
    }

    @Override
    public void forward(Forward pass) {
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    }

    @Override
    public void backward(Backward pass) {
      System.arraycopy(pass.gradOutput(), 0, pass.gradInput(), 0, pass.gradInput().length);
    }
  }

  private static final Network IMAGE =
      Network.of(
          "image",
          Shape.of(2, 5, 7),
          new Conv2d(4, 3).padding(1),
          new BatchNorm2d(),
          new Relu(),
          new Conv2d(3, 3).padding(1));

  private static final Network SIGNAL =
      Network.of("signal", Shape.of(2, 5, 7), new Conv2d(3, 3).padding(1), new Signal());

  private static final Network PIXEL = Network.of("pixel", Shape.of(2, 5, 5), new Conv2d(3, 5));

  static List<Loss> losses() {
    List<Loss> all = new ArrayList<>();
    for (Reduction r : Reduction.values()) {
      all.add(new CrossEntropy(0, null, r));
      all.add(new CrossEntropy(0.1f, WEIGHTS, r, 255));
      all.add(new CrossEntropy(0.1f, WEIGHTS, r, 1)); // a class itself
      all.add(new SoftmaxFocal(2, WEIGHTS, r, 255));
      all.add(new SoftmaxFocal(0.5, null, r, -100));
      all.add(new Dice(1, r, 255));
    }
    return all;
  }

  private static Trainer trainer(Network n, Loss loss) {
    return Trainer.builder(n).batch(PLANNED).loss(loss).optimizer(new Sgd(0)).seed(3).build();
  }

  private static Shape positions(Network n) {
    Shape out = n.output();
    return out.rank() == 2 ? Shape.of(out.dim(1)) : Shape.of(out.dim(1), out.dim(2));
  }

  private static int ignored(Loss loss) {
    return loss instanceof CrossEntropy c
        ? c.ignoreIndex()
        : loss instanceof SoftmaxFocal f ? f.ignoreIndex() : ((Dice) loss).ignoreIndex();
  }

  /** Every fourth is ignored. */
  private static int[] labels(Values v, Loss loss, long rows) {
    int[] labels = v.labels((int) rows, 3);
    for (int i = 1; i < labels.length; i += 4) {
      labels[i] = ignored(loss);
    }
    return labels;
  }

  private static Tensor labelTensor(Arena arena, Network n, int batch, int[] labels) {
    float[] values = new float[labels.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = labels[i];
    }
    return arena.tensor(positions(n).batch(batch), values);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void labelsAndProbabilitiesAgreeWithTheReference(Loss loss) {
    for (Network n : List.of(IMAGE, SIGNAL)) {
      for (int batch : new int[] {PLANNED, 3, 1}) {
        agrees(n, loss, batch);
      }
    }
  }

  private static void agrees(Network n, Loss loss, int batch) {
    Values v = Values.floats(Values.seedOf(n.name() + loss + batch));
    NdArray x = v.array(n.input().batch(batch));
    NdArray soft = v.array(n.output().batch(batch));
    for (int i = 0; i < soft.size(); i++) {
      soft.set(i, (float) (0.5 + 0.5 * soft.get(i)));
    }
    int[] labels = labels(v, loss, positions(n).batch(batch).elements());
    float[][] bits = new float[2][];
    for (int count : new int[] {1, 3}) {
      Engine.setThreads(count);
      try (Trainer t = trainer(n, loss);
          Arena arena = new Arena()) {
        ReferenceNetwork twin = ReferenceNetwork.of(t.modelData(List.of(), Map.of()));
        Tensor images = Values.tensor(arena, x);
        Tensor hard = labelTensor(arena, n, batch, labels);
        Tensor probabilities = Values.tensor(arena, soft);
        for (int round = 0; round < 2; round++) { // what one kind leaves must not reach the other
          assertStep(t, images, hard, twin.lossAndGradients(x, labels, loss));
          bits[count / 2] = t.gradients().get("0.weight");
          assertStep(t, images, probabilities, twin.lossAndGradients(x, soft, loss));
        }
      }
    }
    assertThat(bits[1]).isEqualTo(bits[0]);
  }

  private static void assertStep(
      Trainer t, Tensor images, Tensor targets, ReferenceNetwork.LossAndGradients wanted) {
    assertThat(t.step(images, targets))
        .isCloseTo(wanted.loss(), within(1e-6 * Math.abs(wanted.loss())));
    Map<String, NdArray> gradients = wanted.gradients().parameters();
    double scale =
        gradients.values().stream()
            .flatMapToDouble(g -> Arrays.stream(g.values()).map(Math::abs))
            .max()
            .orElseThrow();
    try (Arena arena = new Arena()) {
      t.gradients()
          .forEach(
              (name, g) -> {
                NdArray w = gradients.get(name);
                Compare.close(name, arena.tensor(w.shape(), g), w, scale);
              });
    }
  }

  private static final Network MASK =
      Network.of(
          "mask", Shape.of(2, 5, 7), new Conv2d(4, 3).padding(1), new Conv2d(1, 3).padding(1));

  /** A mask is of one class; independent labels are of as many as there are channels. */
  @Test
  void masksAndIndependentLabelsAgreeWithTheReference() {
    for (Loss loss : List.of(new Dice(), new Dice(2, Reduction.SUM, 255), new SigmoidFocal())) {
      for (Network n : loss instanceof Dice ? List.of(MASK) : List.of(MASK, IMAGE)) {
        Values v = Values.floats(8);
        NdArray x = v.array(n.input().batch(3));
        NdArray y = v.array(n.output().batch(3));
        int[] labels = v.labels(3 * 35, 2);
        for (int i = 0; i < y.size(); i++) {
          y.set(i, (float) (0.5 + 0.5 * y.get(i)));
        }
        try (Trainer t = trainer(n, loss);
            Arena arena = new Arena()) {
          ReferenceNetwork twin = ReferenceNetwork.of(t.modelData(List.of(), Map.of()));
          Tensor images = Values.tensor(arena, x);
          assertStep(t, images, Values.tensor(arena, y), twin.lossAndGradients(x, y, loss));
          if (loss instanceof Dice d) {
            labels[4] = d.ignoreIndex();
            Tensor hard = labelTensor(arena, n, 3, labels);
            assertStep(t, images, hard, twin.lossAndGradients(x, labels, loss));
          }
        }
      }
    }
  }

  @Test
  void whatALossAppliesItselfStandsNotBeforeIt() {
    Network row = Network.of("row", Shape.of(7), new Linear(4));
    assertThatThrownBy(() -> trainer(row, new Dice()))
        .isInstanceOf(ShapeException.class)
        .hasMessage("dice: output 4 of network row lacks spatial positions");
    Network flat = Network.of("f", Shape.of(2, 5, 7), conv1(), new Sigmoid(), new Flatten());
    for (Loss loss : List.of(new SigmoidFocal(), new BceWithLogits())) {
      assertThatThrownBy(() -> trainer(flat, loss))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(
              "expects logits, since it applies sigmoid itself, but network f ends in");
    }
    Network mask = Network.of("m", Shape.of(2, 5, 7), conv1(), new Sigmoid());
    try (Trainer bare = trainer(Network.of("m", Shape.of(2, 5, 7), conv1()), new Dice());
        Trainer ended = trainer(mask, new Dice());
        Arena arena = new Arena()) { // training leaves the sigmoid out
      Tensor x = Values.tensor(arena, Values.floats(1).array(Shape.of(2, 2, 5, 7)));
      Tensor y = arena.tensor(Shape.of(2, 5, 7));
      assertThat(ended.step(x, y)).isEqualTo(bare.step(x, y));
    }
  }

  private static Conv2d conv1() {
    return new Conv2d(1, 3).padding(1);
  }

  /** One position is one row: labels go there, one a sample, as they do without positions. */
  @Test
  void anImageOfOnePixelTakesEither() {
    try (Trainer t = trainer(PIXEL, new CrossEntropy());
        Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, Values.floats(1).array(PIXEL.input().batch(2)));
      double loss = t.step(images, 2, 0);
      assertThat(t.step(images, arena.tensor(Shape.of(2, 1, 1), 2, 0))).isEqualTo(loss);
    }
  }

  @Test
  void theLossOfABatchThatIsWhollyIgnoredIsZeroAndTeachesNothing() {
    for (Loss loss : losses()) {
      try (Trainer t = trainer(IMAGE, loss);
          Arena arena = new Arena()) {
        Tensor images = Values.tensor(arena, Values.floats(1).array(IMAGE.input().batch(2)));
        int[] labels = new int[2 * 35];
        Arrays.fill(labels, ignored(loss));
        assertThat(t.step(images, labelTensor(arena, IMAGE, 2, labels))).isZero();
        t.gradients().forEach((name, g) -> assertThat(g).as(name).containsOnly(0));
      }
    }
  }

  /** The gradient of several outputs in one memory, one of which a loss reads as rows. */
  @Test
  void anOutputMayBeReadTwice() {
    Network twice =
        Network.builder("twice")
            .input("in", Shape.of(2, 5, 7))
            .add("a", new Conv2d(3, 3).padding(1), "in")
            .add("b", new Conv2d(3, 1), "a")
            .output("a", "b")
            .build();
    try (Trainer both = Trainer.builder(twice).batch(2).optimizer(new Sgd(0)).build();
        Trainer one =
            Trainer.builder(twice)
                .batch(2)
                .optimizer(new Sgd(0))
                .loss("b", new CrossEntropy(), 0)
                .build();
        Trainer other =
            Trainer.builder(twice)
                .batch(2)
                .optimizer(new Sgd(0))
                .loss("a", new CrossEntropy(), 0)
                .build();
        Arena arena = new Arena()) {
      Values v = Values.floats(5);
      Tensor x = Values.tensor(arena, v.array(Shape.of(2, 2, 5, 7)));
      Tensor a = labelTensor(arena, IMAGE, 2, v.labels(70, 3));
      Tensor b = labelTensor(arena, IMAGE, 2, v.labels(70, 3));
      Map<String, Tensor> targets = Map.of("a", a, "b", b);
      double sum = one.step(Map.of("in", x), targets) + other.step(Map.of("in", x), targets);
      assertThat(both.step(Map.of("in", x), targets)).isCloseTo(sum, within(1e-12));
      float[] g = both.gradients().get("a.weight");
      float[] ga = one.gradients().get("a.weight");
      float[] gb = other.gradients().get("a.weight");
      for (int i = 0; i < g.length; i++) {
        assertThat(g[i]).isCloseTo(ga[i] + gb[i], within(1e-6f));
      }
    }
  }

  @Test
  void whatIsNoTargetIsRefusedAndTheTrainerGoesOn() {
    try (Trainer t = trainer(IMAGE, new CrossEntropy().ignoreIndex(255));
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(IMAGE.input().batch(2));
      for (float bad : new float[] {3, -1, -100, 0.5f, Float.NaN, Float.POSITIVE_INFINITY, 3e9f}) {
        float[] values = new float[70];
        values[40] = bad;
        assertThatThrownBy(() -> t.step(images, arena.tensor(Shape.of(2, 5, 7), values)))
            .isInstanceOf(InvalidArgumentException.class)
            .hasMessage(
                "training: target of sample 1: %s at 5 is neither one of 3 classes nor the ignored 255"
                    .formatted(bad));
      }
      assertThatThrownBy(() -> t.step(images, 0, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("output 3x5x7 expects targets with a label at each position");
      for (Shape bad : List.of(Shape.of(2, 7, 5), Shape.of(2, 35), Shape.of(2, 1, 5, 7))) {
        assertThatThrownBy(() -> t.step(images, arena.tensor(bad)))
            .isInstanceOf(ShapeException.class)
            .hasMessageContaining("do not fit output 3x5x7");
      }
      assertThat(t.step(images, arena.tensor(Shape.of(2, 5, 7)))).isPositive();
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.reference.network.GradientCheck;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingState;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Losses of a user's own, honest and not. */
class CustomLossTest {
  /** Its image output lies in another order than the callers'. */
  private static final Network NETWORK =
      Network.of(
          "image",
          Shape.of(1, 5, 6),
          new Conv2d(4, 3).padding(1),
          new Relu(),
          new Conv2d(2, 3).padding(1));

  /** Mean squares, as the built-in loss has them, but each position has its own weight. */
  record Squares(double weight) implements CustomLoss {
    @Override
    public double loss(Pass pass) {
      double sum = 0;
      int n = pass.outputs().length;
      for (int i = 0; i < n; i++) {
        double e = pass.outputs()[i] - pass.targets()[i];
        sum += weight * e * e;
        pass.gradient()[i] = weight * 2 * e / n;
      }
      return sum / n;
    }
  }

  /** The example of the documentation. */
  record LogCosh() implements CustomLoss {
    @Override
    public double loss(Pass pass) {
      double sum = 0;
      int n = pass.outputs().length;
      for (int i = 0; i < n; i++) {
        double e = pass.outputs()[i] - pass.targets()[i];
        double size = Math.abs(e);
        sum += size + Math.log1p(Math.exp(-2 * size)) - Math.log(2);
        pass.gradient()[i] = Math.tanh(e) / n;
      }
      return sum / n;
    }
  }

  /** The distance of each plane's mean from a number: targets have another shape than outputs. */
  record PlaneMeans() implements CustomLoss {
    @Override
    public Shape targets(Shape output) {
      return Shape.of(output.dim(0));
    }

    @Override
    public double loss(Pass pass) {
      int planes = pass.targets().length;
      int each = pass.outputs().length / planes;
      double sum = 0;
      for (int p = 0; p < planes; p++) {
        double mean = 0;
        for (int i = 0; i < each; i++) {
          mean += pass.outputs()[p * each + i] / each;
        }
        double e = mean - pass.targets()[p];
        sum += e * e / planes;
        for (int i = 0; i < each; i++) {
          pass.gradient()[p * each + i] = 2 * e / planes / each;
        }
      }
      return sum;
    }
  }

  private static TrainerBuilder trainer(Loss loss) {
    return Trainer.builder(NETWORK).batch(4).loss(loss).optimizer(new Sgd(0.1f)).seed(3);
  }

  private static Dataset data(int n) {
    float[] x = new float[n * 30];
    float[] y = new float[n * 60];
    Values v = Values.floats(n);
    for (int i = 0; i < x.length; i++) {
      x[i] = v.next();
      y[i / 30 * 60 + i % 30] = x[i];
      y[i / 30 * 60 + 30 + i % 30] = -x[i];
    }
    return Dataset.ofTargets("twice", NETWORK.input(), x, NETWORK.output(), FloatBuffer.wrap(y));
  }

  @Test
  void trainsAndEvaluatesAsTheBuiltInLossDoes() {
    Dataset train = data(22);
    Dataset test = data(7);
    try (Trainer own = trainer(new Squares(1)).validation(test).build();
        Trainer built = trainer(new Mse()).validation(test).build()) {
      History a = own.fit(train, 3);
      History b = built.fit(train, 3);
      for (int i = 0; i < 3; i++) {
        assertThat(a.epochs().get(i).loss())
            .isCloseTo(b.epochs().get(i).loss(), within(1e-6 * b.epochs().get(i).loss()));
        assertThat(a.epochs().get(i).accuracy()).isNaN();
      }
      assertThat(a.epochs().get(2).loss()).isLessThan(a.epochs().get(0).loss());
      Evaluation e = own.evaluate(test);
      assertThat(e.loss()).isCloseTo(built.evaluate(test).loss(), within(1e-6));
      try (Model m = Model.of(own.modelData(List.of(), Map.of()))) {
        assertThat(m.evaluate(test, new Squares(1)).loss()).isCloseTo(e.loss(), within(1e-9));
      }
    }
  }

  @Test
  void operatorsOnTensorsAgreeWithTheBuiltInLoss() {
    try (Arena a = new Arena()) {
      Tensor x = Values.tensor(a, Values.floats(1).array(Shape.of(3, 2, 5)));
      Tensor y = Values.tensor(a, Values.floats(2).array(Shape.of(3, 2, 5)));
      assertThat(new Squares(1).forward(x, y)).isCloseTo(new Mse().forward(x, y), within(1e-12));
      assertThat(new Squares(1).backward(x, y).toArray())
          .containsExactly(new Mse().backward(x, y).toArray(), within(1e-7f));
      assertThatThrownBy(() -> new Squares(1).forward(x, a.tensor(Shape.of(3, 10))))
          .isInstanceOf(ShapeException.class)
          .hasMessage("custom loss: targets 3x10 do not fit outputs 3x2x5");
      assertThat(new PlaneMeans().forward(x, a.tensor(Shape.of(3, 2)))).isNotNegative();
    }
  }

  @Test
  void gradientsAreCheckedByCentralDifferences() {
    Network row = Network.of("row", Shape.of(1, 5, 6), new Flatten(), new Linear(3));
    for (Loss loss : List.of(new Squares(0.5), new LogCosh())) {
      for (Network n : List.of(NETWORK, row)) {
        assertThat(new GradientCheck().run(n, loss).passed()).as(n + " " + loss).isTrue();
      }
    }
    assertThat(new GradientCheck().run(NETWORK, new PlaneMeans()).passed()).isTrue();
    assertThat(new GradientCheck().run(NETWORK, new Mse()).passed()).isTrue();
    assertThat(new GradientCheck().run(NETWORK, own(pass -> fill(pass, 3))).passed()).isFalse();
  }

  private static void fill(CustomLoss.Pass pass, double value) {
    java.util.Arrays.fill(pass.gradient(), value);
  }

  /** A loss of 1 that does this. */
  private static CustomLoss own(Consumer<CustomLoss.Pass> body) {
    return pass -> {
      body.accept(pass);
      return 1;
    };
  }

  @Test
  void whatItThrowsOrFillsWronglyIsTypedAndTheTrainerGoesOn() {
    List<CustomLoss> bad =
        List.of(
            own(p -> fill(p, Double.NaN)),
            own(p -> p.gradient()[7] = Double.POSITIVE_INFINITY),
            own(p -> p.gradient()[7] = 1e300), // beyond single precision
            own(p -> p.gradient()[p.gradient().length] = 1),
            own(
                p -> {
                  throw new StackOverflowError("deep");
                }),
            own(
                p -> {
                  throw new InvalidArgumentException("a rule");
                }));
    for (CustomLoss loss : bad) {
      boolean[] armed = {true};
      CustomLoss once = pass -> armed[0] ? loss.loss(pass) : new Squares(1).loss(pass);
      try (Trainer t = trainer(once).build()) {
        Map<String, float[]> before = t.modelData(List.of(), Map.of()).weights();
        assertThatThrownBy(() -> t.fit(data(8), 1))
            .isInstanceOf(UserCodeException.class)
            .hasMessageStartingWith("loss ");
        assertThatThrownBy(() -> t.evaluate(data(8))).isInstanceOf(UserCodeException.class);
        t.modelData(List.of(), Map.of())
            .weights()
            .forEach((name, w) -> assertThat(w).isEqualTo(before.get(name)));
        armed[0] = false;
        assertThat(t.fit(data(8), 1).epochs()).hasSize(1);
      }
    }
  }

  @Test
  void aLossThatIsNotFiniteEndsTheStepAsAnyDoes() {
    try (Trainer t = trainer((CustomLoss) pass -> Double.NaN).build()) {
      assertThatThrownBy(() -> t.fit(data(8), 1))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("loss is NaN at epoch 1, step 1");
    }
  }

  @Test
  void whatItSaysOfItselfMayThrowOrBeMissing() {
    class Liar implements CustomLoss {
      @Override
      public double loss(Pass pass) {
        return 0;
      }
    }
    List<CustomLoss> liars =
        List.of(
            new Liar() {
              @Override
              public String type() {
                return null;
              }
            },
            new Liar() {
              @Override
              public String name() {
                throw new IllegalStateException("no name");
              }
            },
            new Liar() {
              @Override
              public Shape targets(Shape output) {
                return null;
              }
            },
            new Liar() {
              @Override
              public Loss plain() {
                return null;
              }
            });
    for (CustomLoss liar : liars) {
      assertThatThrownBy(
              () -> {
                try (Trainer t = trainer(liar).build()) {
                  t.evaluate(data(4));
                }
              })
          .isInstanceOf(UserCodeException.class);
    }
    try (Trainer t = trainer(new Liar()).build()) {
      assertThat(t.state().settings()).containsEntry("loss", "Liar");
    }
  }

  @Test
  void mayNotCallItsTrainer() {
    Trainer[] inside = new Trainer[1];
    CustomLoss caller =
        pass -> {
          inside[0].evaluate(data(4));
          return 0;
        };
    try (Trainer t = trainer(caller).build()) {
      inside[0] = t;
      assertThatThrownBy(() -> t.fit(data(8), 1))
          .isInstanceOf(UserCodeException.class)
          .hasCauseInstanceOf(QuernException.class);
    }
  }

  @Test
  void aCheckpointKnowsItByItsName() {
    TrainingState saved;
    try (Trainer t = trainer(new Squares(0.5)).build()) {
      t.fit(data(8), 1);
      saved = t.state();
      assertThat(saved.settings()).containsEntry("loss", "Squares[weight=0.5]");
    }
    try (Trainer same = trainer(new Squares(0.5)).build();
        Trainer other = trainer(new Squares(2)).build()) {
      same.restore(saved);
      assertThatThrownBy(() -> other.restore(saved)).isInstanceOf(InvalidArgumentException.class);
    }
  }

  @Test
  void oneOfSeveralOutputsMayHaveIt() {
    Network two =
        Network.builder("two")
            .input("in", Shape.of(1, 5, 6))
            .add("map", new Conv2d(2, 3).padding(1), "in")
            .add("flat", new Flatten(), "in")
            .add("classes", new Linear(3))
            .output("map", "classes")
            .build();
    try (Trainer own = Trainer.builder(two).batch(3).loss("map", new Squares(1), 0.5).build();
        Trainer built = Trainer.builder(two).batch(3).loss("map", new Mse(), 0.5).build();
        Arena a = new Arena()) {
      Map<String, Tensor> in =
          Map.of("in", Values.tensor(a, Values.floats(4).array(Shape.of(3, 1, 5, 6))));
      Map<String, Tensor> targets =
          Map.of(
              "map",
              a.tensor(Shape.of(3, 2, 5, 6)),
              "classes",
              a.tensor(Shape.of(3, 3), 1, 0, 0, 1, 0, 0, 0, 0, 1));
      for (int step = 0; step < 3; step++) {
        assertThat(own.step(in, targets)).isCloseTo(built.step(in, targets), within(1e-5));
      }
      assertThat(own.state().settings().get("loss"))
          .contains("OutputLoss[output=map, loss=Squares[weight=1.0], weight=0.5]")
          .contains("output=classes, loss=" + new CrossEntropy());
    }
  }

  @Test
  void labelsAreNotForIt() {
    Dataset labels = Dataset.of("l", NETWORK.input(), List.of("a"), new byte[30], new int[1]);
    try (Trainer t = trainer(new Squares(1)).build();
        Arena a = new Arena()) {
      assertThatThrownBy(() -> t.fit(labels, 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage(
              "Squares: expects targets, but data set l has labels; cross_entropy and softmax_focal"
                  + " accept labels");
      assertThatThrownBy(() -> t.step(a.tensor(NETWORK.input().batch(1)), 0))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("Squares expects targets, found labels");
    }
  }
}

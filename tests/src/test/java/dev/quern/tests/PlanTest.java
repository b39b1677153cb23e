package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.io.ModelFile;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.shape.Concat;
import dev.quern.loss.CrossEntropy;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole networks: what the plan computes, against the double-precision twins that run the same
 * description.
 */
class PlanTest {
  /**
   * Networks that meet every rule of the plan: in-place and pinned ReLU, permuted and plain
   * flattening, ...
   */
  static Stream<Network> networks() {
    return Stream.of(
            plain(),
            ActivationNetworks.all(),
            NormNetworks.all(),
            ShapeNetworks.all(),
            SignalNetworks.whole(),
            AttentionNetworks.all(),
            RecurrentNetworks.all(),
            GridSampleNetworks.all(),
            DeformConv2dNetworks.all(),
            VolumeNetworks.whole(),
            ArithmeticNetworks.whole())
        .flatMap(all -> all);
  }

  private static Stream<Network> plain() {
    return Stream.of(
        Networks.lenet(Shape.of(1, 28, 28), 10),
        Networks.notebook(Shape.of(3, 32, 32), 10),
        Network.of(
            "groups-dilation",
            Shape.of(4, 11, 9),
            new Conv2d(6, new Size(3, 2))
                .stride(new Size(2, 1))
                .padding(1)
                .dilation(new Size(1, 2))
                .groups(2),
            new Relu(),
            new Conv2d(8, 1).bias(false),
            new AvgPool2d(2).stride(1).padding(1),
            new Relu(),
            new Flatten(),
            new Linear(5)),
        Network.of(
            "pool-first",
            Shape.of(3, 9, 9),
            new MaxPool2d(2).ceilMode(true),
            new Relu(),
            new Relu(),
            new Conv2d(4, 3),
            new MaxPool2d(3).stride(1).padding(1),
            new Softmax(),
            new Relu(),
            new Conv2d(3, 1),
            new Flatten(),
            new Relu(),
            new Linear(6, false),
            new Relu(),
            new Linear(4)),
        residual(),
        mixedOrders(),
        leadsNowhere(),
        Network.of("ends-in-flatten", Shape.of(2, 5, 4), new Conv2d(3, 3), new Flatten()));
  }

  /** Values that several nodes read, among them one that is flattened, and gradients that meet. */
  private static Network residual() {
    return Network.builder("residual", Shape.of(3, 8, 7))
        .add("stem", new Conv2d(6, 3).padding(1).bias(false))
        .add("bn", new BatchNorm2d())
        .add("relu", new Relu())
        .add("a", new Conv2d(6, 3).padding(1).bias(false))
        .add("a_bn", new BatchNorm2d(0.2f, 1e-3f))
        .add("sum", new Add(), "a_bn", "relu", "stem")
        .add("sum_relu", new Relu())
        .add("b", new Conv2d(4, 1), "sum_relu")
        .add("cat", new Concat(), "sum_relu", "b", "input")
        .add("pool", new MaxPool2d(2))
        .add("flat", new Flatten())
        .add("left", new Linear(5), "flat")
        .add("right", new Linear(5), "flat")
        .add("both", new Add(), "left", "right", "left")
        .add("head", new Linear(4))
        .build();
  }

  /**
   * A flattened image lies in another order than what a linear layer makes; their sum must not
   * care.
   */
  private static Network mixedOrders() {
    return Network.builder("mixed-orders", Shape.of(2, 6, 5))
        .add("conv", new Conv2d(3, 3))
        .add("flat", new Flatten())
        .add("linear", new Linear(36), "flat")
        .add("sum", new Add(), "flat", "linear", "flat")
        .add("relu", new Relu())
        .add("other", new Conv2d(4, new Size(4, 3)).stride(1), "conv")
        .add("other_flat", new Flatten())
        .add("small", new Linear(4), "relu")
        .add("all", new Add(), "small", "other_flat")
        .add("head", new Linear(5))
        .build();
  }

  /** Layers that the output does not read from, one of them beside the output itself. */
  private static Network leadsNowhere() {
    return Network.builder("leads-nowhere", Shape.of(2, 6, 5))
        .add("aside", new Conv2d(3, 3))
        .add("aside_bn", new BatchNorm2d())
        .add("aside_relu", new Relu())
        .add("aside_flat", new Flatten())
        .add("stem", new Conv2d(3, 3), "input")
        .add("side_add", new Add(), "stem", "aside")
        .add("side", new Conv2d(4, 1), "stem")
        .add("main", new Conv2d(2, 2), "stem")
        .add("side_relu", new Relu(), "main")
        .add("flat", new Flatten(), "main")
        .build();
  }

  private static float[] noise(Random random, long n) {
    float[] x = new float[(int) n];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }

  private static ModelData data(Network n, Trainer t) {
    return t.modelData(Collections.nCopies((int) n.output().dim(0), "class"), Map.of());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void lossGradientsAndOutputsAgreeWithTheReference(Network n) {
    Random random = new Random(17);
    int classes = (int) n.output().dim(0);
    CrossEntropy loss = new CrossEntropy(0.1f);
    // a batch smaller than the planned one, so that sizes are taken from the batch and not from the
    // plan
    Shape shape = n.input().batch(5);
    float[] x = noise(random, shape.elements());
    int[] labels = random.ints(5, 0, classes).toArray();
    try (Trainer t = Trainer.builder(n).batch(7).loss(loss).optimizer(new Sgd(0)).seed(3).build();
        Arena arena = new Arena()) {
      ModelData before = data(n, t);
      Tensor images = arena.tensor(shape, x);
      ReferenceNetwork reference = ReferenceNetwork.of(before);
      ReferenceNetwork.LossAndGradients wanted =
          reference.lossAndGradients(NdArray.of(shape, x), labels, loss);
      for (int round = 0;
          round < 2;
          round++) { // what one step leaves behind must not reach the next
        assertThat(t.step(images, labels))
            .isCloseTo(wanted.loss(), within(1e-6 * Math.abs(wanted.loss())));
        t.gradients()
            .forEach(
                (name, g) -> assertClose(name, g, wanted.gradients().parameters().get(name), 1e-5));
      }
      try (Model m = Model.of(before)) {
        assertClose(
            "output", m.predict(images).toArray(), reference.output(NdArray.of(shape, x)), 1e-5);
      }
    }
  }

  private static void assertClose(String what, float[] got, NdArray wanted, double tolerance) {
    double scale = 1e-30;
    double worst = 0;
    for (int i = 0; i < got.length; i++) {
      scale = Math.max(scale, Math.abs(wanted.get(i)));
      worst = Math.max(worst, Math.abs(got[i] - wanted.get(i)));
    }
    assertThat(got).as(what).hasSize(wanted.size());
    assertThat(worst / scale)
        .as(what + " (largest difference over largest value)")
        .isLessThan(tolerance);
  }

  @Test
  void normalizedPixelsAreWhatTheModelSees() {
    Network n = Network.of("one", Shape.of(2, 1, 1), new Flatten(), new Linear(2));
    Map<String, float[]> identity =
        Map.of("linear1.weight", new float[] {1, 0, 0, 1}, "linear1.bias", new float[2]);
    Normalization norm = new Normalization(new float[] {0.5f, 0.25f}, new float[] {0.5f, 0.125f});
    try (Model m = Model.of(new ModelData(n, identity, norm, List.of("a", "b"), Map.of()))) {
      double p = m.classify(new byte[] {(byte) 255, 51}, 1).get(0).probability();
      double a = 1;
      double b = (51 / 255.0 - 0.25) / 0.125;
      assertThat(p).isCloseTo(1 / (1 + Math.exp(b - a)), within(1e-6));
    }
  }

  /** A saved and loaded network is bit-identical, running statistics included. */
  @ParameterizedTest
  @MethodSource("networks")
  void savedModelPredictsTheSame(Network n, @TempDir Path folder) {
    Random random = new Random(23);
    Shape shape = n.input().batch(4);
    int channels = n.input().rank() == 3 ? (int) n.input().dim(0) : 1;
    try (Trainer t =
            Trainer.builder(n).batch(4).normalization(Normalization.unit(channels)).build();
        Arena arena = new Arena()) {
      Tensor images = arena.tensor(shape, noise(random, shape.elements()));
      t.step(images, random.ints(4, 0, (int) n.output().dim(0)).toArray());
      ModelData trained = data(n, t);
      Path file = folder.resolve("model.safetensors");
      ModelFile.save(file, trained);
      try (Model before = Model.of(trained);
          Model after = Model.of(ModelFile.load(file))) {
        assertThat(after.predict(images).toArray()).isEqualTo(before.predict(images).toArray());
      }
    }
  }

  /**
   * Inference alone leaves a few tiles of large weights to another kernel, with other packing, and
   * has another kernel for linear layers. A trainer evaluates as the model will.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 64, 100})
  void evaluationWhileTrainingIsTheModelsOwn(int batch) {
    Network n =
        Network.builder("deep", Shape.of(256, 4, 4))
            .add("conv", new Conv2d(256, 3).padding(1))
            .add("norm", new BatchNorm2d())
            .add("flatten", new Flatten())
            .add("fc", new Linear(3))
            .build();
    byte[] pixels = new byte[101 * 256 * 16];
    new Random(3).nextBytes(pixels);
    int[] labels = new Random(4).ints(101, 0, 3).toArray();
    Dataset noise =
        Dataset.of("noise", Shape.of(256, 4, 4), List.of("a", "b", "c"), pixels, labels);
    try (Trainer trainer =
        Trainer.builder(n).batch(batch).normalization(Normalization.unit(256)).build()) {
      for (int epochs = 1; epochs <= 2; epochs++) {
        trainer.fit(noise.slice(0, 20), epochs);
        Evaluation e = trainer.evaluate(noise);
        try (Model model = Model.of(trainer.modelData(noise.classes(), Map.of()))) {
          Evaluation wanted = model.evaluate(noise);
          if (batch >= 64) { // fewer at once may run by other implementations
            assertThat(e).isEqualTo(wanted);
          }
          assertThat(e.loss()).isCloseTo(wanted.loss(), within(1e-5 * wanted.loss()));
        }
      }
    }
  }
}

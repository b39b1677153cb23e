package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Normalization;
import dev.quern.engine.Engine;
import dev.quern.io.ModelFile;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A step under each loss, its gradients in whole networks, against the twins. */
class LossPlanTest {
  private final int threads = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(threads);
  }

  private static final Network ROW =
      Network.of(
          "row",
          Shape.of(2, 6, 5),
          new Conv2d(3, 3).padding(1),
          new BatchNorm2d(),
          new Relu(),
          new Flatten(),
          new Linear(4));

  /** Whose output lies in another order than the callers'. */
  private static final Network IMAGE =
      Network.of("image", Shape.of(2, 6, 5), new Conv2d(4, 3).padding(1), new Relu(), conv());

  private static final Network PROBABILITIES =
      Network.of("softmax", Shape.of(7), new Linear(9), new Relu(), new Linear(4), new Softmax());

  private static final Network LOGARITHMS =
      Network.of("log_softmax", Shape.of(7), new Linear(4), new LogSoftmax());

  private static Conv2d conv() {
    return new Conv2d(3, 3).stride(2);
  }

  static Stream<Arguments> steps() {
    List<Arguments> all = new ArrayList<>();
    for (Reduction r : Reduction.values()) {
      for (Loss loss :
          List.of(
              new Mse(r),
              new Huber(0.4, r),
              new BceWithLogits(null, null, r),
              new SigmoidFocal(0.25, 2, r))) {
        for (Network n : List.of(ROW, IMAGE, PROBABILITIES, LOGARITHMS)) {
          all.add(Arguments.of(n.name(), n, loss));
        }
      }
      float[] weights = {1, 0.5f, 2, 3};
      float[] others = {3, 1, 0.25f, 2};
      for (Loss loss :
          List.of(
              new BceWithLogits(weights, others, r),
              new CrossEntropy(0, null, r),
              new CrossEntropy(0.1f, weights, r))) {
        all.add(Arguments.of(ROW.name(), ROW, loss));
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} {2}")
  @MethodSource("steps")
  void lossAndGradientsAgreeWithTheReference(String name, Network n, Loss loss) {
    Values v = Values.floats(Values.seedOf(name + loss));
    // fewer than the planned batch, so that sizes are taken from the batch and not from the plan
    NdArray x = v.array(n.input().batch(5));
    NdArray y = v.array(n.output().batch(5));
    for (int i = 0; i < y.size(); i++) {
      y.set(i, (float) (0.5 + 0.5 * y.get(i)));
    }
    for (int count : new int[] {1, 3}) {
      Engine.setThreads(count);
      try (Trainer t =
              Trainer.builder(n).batch(7).loss(loss).optimizer(new Sgd(0)).seed(3).build();
          Arena arena = new Arena()) {
        ReferenceNetwork.LossAndGradients wanted =
            ReferenceNetwork.of(t.modelData(List.of(), Map.of())).lossAndGradients(x, y, loss);
        Tensor images = Values.tensor(arena, x);
        Tensor targets = Values.tensor(arena, y);
        for (int round = 0; round < 2; round++) {
          assertThat(t.step(images, targets))
              .isCloseTo(wanted.loss(), within(1e-6 * Math.abs(wanted.loss())));
          assertGradients(arena, t, wanted);
          if (loss instanceof CrossEntropy) {
            t.step(images, 0, 1, 2, 3, 3); // what labels leave behind must not reach the next
          }
        }
      }
    }
  }

  private static void assertGradients(
      Arena arena, Trainer t, ReferenceNetwork.LossAndGradients wanted) {
    Map<String, NdArray> gradients = wanted.gradients().parameters();
    double scale =
        gradients.values().stream()
            .flatMapToDouble(g -> Arrays.stream(g.values()).map(Math::abs))
            .max()
            .orElseThrow();
    t.gradients()
        .forEach(
            (name, g) -> {
              NdArray w = gradients.get(name);
              // a bias before batch normalization has the gradient 0, but for rounding
              Compare.close(name, arena.tensor(w.shape(), g), w, scale);
            });
  }

  /** A model of an image to image network has no classes. */
  @Test
  void networkWithoutClassesIsSavedAndPredicts(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    Values v = Values.floats(11);
    try (Trainer t = Trainer.builder(IMAGE).loss(new Mse()).normalization(unit()).build();
        Arena arena = new Arena()) {
      ModelData trained = t.modelData(List.of(), Map.of());
      ModelFile.save(file, trained);
      NdArray x = v.array(IMAGE.input().batch(3));
      try (Model m = Model.of(ModelFile.load(file))) {
        Compare.close(
            "output", m.predict(Values.tensor(arena, x)), ReferenceNetwork.of(trained).output(x));
      }
    }
  }

  private static Normalization unit() {
    return Normalization.unit(2);
  }
}

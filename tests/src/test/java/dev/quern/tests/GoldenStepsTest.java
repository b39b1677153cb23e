package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.io.Safetensors;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Training steps of a small residual network recorded from PyTorch in double precision. */
class GoldenStepsTest {
  private static final Path FILE = GoldenFile.bundled("torch-steps.safetensors");

  @Test
  void checksumIsTheRecordedOne() {
    GoldenFile.assertChecksum(FILE);
  }

  @Test
  void stepsAgree() {
    steps(GoldenFile.read(FILE));
  }

  /**
   * Trains from the recorded first weights on the recorded batches; losses, weights and logits must
   * agree.
   */
  static void steps(GoldenFile file) {
    Safetensors f = file.content();
    Network network = network(f);
    int[] dims = dims(f.shape("batch_0.input"));
    try (Trainer trainer =
            Trainer.builder(network)
                .batch(dims[0])
                .optimizer(new Sgd(0.05f, 0.9f, 1e-3f, true))
                .loss(new CrossEntropy(0.1f))
                .weights(state(f, "initial."))
                .build();
        Arena arena = new Arena()) {
      double[] losses = losses(f);
      for (int i = 0; i < losses.length; i++) {
        Tensor x =
            arena.tensor(f.shape("batch_" + i + ".input"), f.floats("batch_" + i + ".input"));
        double loss = trainer.step(x, labels(f.floats("batch_" + i + ".target")));
        assertThat(loss).as("loss of step " + i).isCloseTo(losses[i], within(1e-6 * losses[i]));
      }
      ModelData trained =
          trainer.modelData(Collections.nCopies((int) network.output().dim(0), "class"), Map.of());
      state(f, "final.")
          .forEach((name, w) -> close("final." + name, trained.weights().get(name), w));
      try (Model model = Model.of(trained)) {
        Tensor x = arena.tensor(f.shape("eval.input"), f.floats("eval.input"));
        close("eval.logits", model.predict(x).toArray(), f.floats("eval.logits"));
      }
    }
  }

  /**
   * As the file's metadata has it: a stem, two residual blocks, a mean over height and width, a
   * linear head.
   */
  private static Network network(Safetensors f) {
    Shape input = f.shape("batch_0.input").sample();
    int width = (int) f.shape("initial.stem.weight").dim(0);
    int wide = (int) f.shape("initial.block2.conv1.weight").dim(0);
    NetworkBuilder b =
        Network.builder("golden", input)
            .add("stem", new Conv2d(width, 3).padding(1).bias(false))
            .add("stem_bn", new BatchNorm2d())
            .add("stem_relu", new Relu())
            .add("pool", new MaxPool2d(3).stride(2).padding(1));
    block(b, "block1", width, 1, false);
    block(b, "block2", wide, 2, true);
    Shape last = b.build().output();
    return b.add("mean", new AvgPool2d(new Size((int) last.dim(1), (int) last.dim(2))))
        .add("flatten", new Flatten())
        .add("head", new Linear((int) f.shape("initial.head.weight").dim(0)))
        .build();
  }

  private static void block(
      NetworkBuilder b, String name, int channels, int stride, boolean projects) {
    String from = b.last();
    b.add(name + ".conv1", new Conv2d(channels, 3).stride(stride).padding(1).bias(false), from)
        .add(name + ".bn1", new BatchNorm2d())
        .add(name + ".relu1", new Relu())
        .add(name + ".conv2", new Conv2d(channels, 3).padding(1).bias(false))
        .add(name + ".bn2", new BatchNorm2d());
    String shortcut = from;
    if (projects) {
      shortcut = name + ".down.1";
      b.add(name + ".down.0", new Conv2d(channels, 1).stride(stride).bias(false), from)
          .add(shortcut, new BatchNorm2d());
    }
    b.add(name + ".sum", new Add(), name + ".bn2", shortcut).add(name + ".relu2", new Relu());
  }

  private static Map<String, float[]> state(Safetensors f, String prefix) {
    Map<String, float[]> state = new HashMap<>();
    for (String name : f.names()) {
      if (name.startsWith(prefix)) {
        state.put(name.substring(prefix.length()), f.floats(name));
      }
    }
    return state;
  }

  private static int[] dims(Shape s) {
    return java.util.Arrays.stream(s.toArray()).mapToInt(Math::toIntExact).toArray();
  }

  private static int[] labels(float[] targets) {
    int[] labels = new int[targets.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) targets[i];
    }
    return labels;
  }

  private static double[] losses(Safetensors f) {
    try {
      return new ObjectMapper().readValue(f.metadata().get("losses"), double[].class);
    } catch (JsonProcessingException e) {
      throw new AssertionError("losses in the metadata", e);
    }
  }

  private static void close(String what, float[] got, float[] wanted) {
    double scale = 0;
    double worst = 0;
    assertThat(got).as(what).hasSize(wanted.length);
    for (int i = 0; i < wanted.length; i++) {
      scale = Math.max(scale, Math.abs(wanted[i]));
      worst = Math.max(worst, Math.abs(got[i] - (double) wanted[i]));
    }
    assertThat(worst).as(what).isLessThanOrEqualTo(1e-5 * scale);
  }
}

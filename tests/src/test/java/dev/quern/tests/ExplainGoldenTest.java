package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.explain.Explainer;
import dev.quern.explain.HeatMap;
import dev.quern.io.Safetensors;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Explanations recorded from PyTorch, by data/golden/explain-torch.py. */
class ExplainGoldenTest {
  private static final Path FILE = GoldenFile.bundled("explain-torch.safetensors");
  private static final Shape INPUT = Shape.of(3, 8, 10);

  /** A block that leads around a layer, and a normalization by running statistics. */
  private static final Network NET =
      Network.builder("small", INPUT)
          .add("conv1", new Conv2d(4, 3).padding(1))
          .add("norm1", new BatchNorm2d())
          .add("relu1", new Relu())
          .add("conv2", new Conv2d(4, 3).padding(1))
          .add("sum", new Add(), "relu1", "conv2")
          .add("relu2", new Relu())
          .add("conv3", new Conv2d(6, 3))
          .add("relu3", new Relu())
          .add("pool", new MaxPool2d(2))
          .add("flat", new Flatten())
          .add("fc", new Linear(5))
          .build();

  private final Safetensors file = Safetensors.read(FILE);
  private int maps;

  private ModelData model() {
    Map<String, float[]> weights = new HashMap<>();
    NET.state().keySet().forEach(name -> weights.put(name, file.floats("weights." + name)));
    return new ModelData(NET, weights, Map.of(), Map.of());
  }

  @Test
  void checksumIsTheRecordedOne() {
    GoldenFile.assertChecksum(FILE);
  }

  @Test
  void mapsArePyTorchs() {
    try (Arena arena = new Arena();
        Explainer e = Explainer.of(model())) {
      Tensor sample = arena.tensor(INPUT.batch(1), file.floats("sample"));
      for (int k : new int[] {1, 4}) {
        agrees(e.saliency(sample, k), "saliency." + k);
        agrees(e.occlusion(sample, k, 3, 2), "occlusion." + k);
        for (String layer : List.of("relu3", "relu2", "conv2", "relu1")) {
          agrees(e.gradCam(sample, k, layer), "grad_cam." + layer + "." + k);
        }
      }
    }
    assertThat(maps).as("maps with something in them").isGreaterThanOrEqualTo(9);
  }

  /** Against the twin in double precision, whose own gradients are checked by differences. */
  @Test
  void gradientsAreTheTwins() {
    float[] values = file.floats("sample");
    ReferenceNetwork twin = ReferenceNetwork.of(model());
    NdArray seed = NdArray.of(Shape.of(1, 5), 0, 0, 1, 0, 0);
    double[] wanted =
        twin.backward(twin.forward(NdArray.of(INPUT.batch(1), values)), seed).input().values();
    try (Arena arena = new Arena();
        Explainer e = Explainer.of(model())) {
      float[] got = e.saliency(arena.tensor(INPUT.batch(1), values), 2).values();
      for (int p = 0; p < got.length; p++) {
        double most = 0;
        for (int c = 0; c < 3; c++) {
          most = Math.max(most, Math.abs(wanted[c * got.length + p]));
        }
        assertThat((double) got[p]).isEqualTo(most, within(1e-5));
      }
    }
  }

  private void agrees(HeatMap got, String name) {
    float[] wanted = file.floats(name);
    double most = 0;
    double error = 0;
    for (int i = 0; i < wanted.length; i++) {
      most = Math.max(most, Math.abs(wanted[i]));
      error = Math.max(error, Math.abs(wanted[i] - got.values()[i]));
    }
    assertThat(got.values()).as(name).hasSameSizeAs(wanted);
    assertThat(error).as(name + " of at most " + most).isLessThanOrEqualTo(1e-5 * most);
    maps += most > 0 ? 1 : 0;
  }
}

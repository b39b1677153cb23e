package dev.quern.reference.network;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.network.Network;
import dev.quern.network.Network.Node;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.Conv2dReference;
import dev.quern.reference.layer.MaxPool2dReference;
import dev.quern.reference.layer.activation.ReluReference;
import dev.quern.reference.loss.CrossEntropyReference;
import dev.quern.reference.network.ReferenceNetwork.LossAndGradients;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReferenceNetworkTest {
  @Test
  void gradientsHaveAnInput() {
    assertThatThrownBy(() -> new ReferenceNetwork.Gradients(Map.of(), Map.of()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("at least one input");
  }

  private static final int[] LABELS = {1, 3};

  /** Every layer type at least once. */
  private static final Network NETWORK =
      Network.builder("small", Shape.of(2, 7, 8))
          .add("block1.conv", new Conv2d(4, 3).padding(1).groups(2))
          .add("block1.relu", new Relu())
          .add("block1.pool", new MaxPool2d(2))
          .add("conv2", new Conv2d(3, 2).stride(new Size(1, 2)).bias(false))
          .add("pool2", new AvgPool2d(2).stride(1).padding(1))
          .add("softmax", new Softmax())
          .add("flatten", new Flatten())
          .add("fc", new Linear(4))
          .build();

  private static Map<String, NdArray> randomParameters(Network network) {
    Map<String, NdArray> parameters = new LinkedHashMap<>();
    network
        .parameters()
        .forEach((name, p) -> parameters.put(name, random(name.hashCode(), p.shape())));
    return parameters;
  }

  private final Map<String, NdArray> parameters = randomParameters(NETWORK);
  private final ReferenceNetwork reference = new ReferenceNetwork(NETWORK, parameters);
  private final NdArray input = random(5, NETWORK.input().batch(2));

  @Test
  void keepsEveryActivationByName() {
    Map<String, NdArray> activations = reference.forward(input);
    assertThat(activations.keySet())
        .containsExactly(
            "input",
            "block1.conv",
            "block1.relu",
            "block1.pool",
            "conv2",
            "pool2",
            "softmax",
            "flatten",
            "fc");
    NETWORK
        .shapes()
        .forEach(
            (name, shape) ->
                assertThat(activations.get(name).shape()).as(name).isEqualTo(shape.batch(2)));
    assertThat(reference.output(input).values()).isEqualTo(activations.get("fc").values());
  }

  @Test
  void chainsTheTwins() {
    NdArray conv =
        Conv2dReference.forward(
            new Conv2d(4, 3).padding(1).groups(2),
            input,
            parameters.get("block1.conv.weight"),
            parameters.get("block1.conv.bias"));
    NdArray pooled = MaxPool2dReference.forward(new MaxPool2d(2), ReluReference.forward(conv));
    assertThat(reference.forward(input).get("block1.pool").values()).isEqualTo(pooled.values());
  }

  @Test
  void gradientsMatchFiniteDifferences() {
    CrossEntropy loss = new CrossEntropy(0.1f);
    LossAndGradients found = reference.lossAndGradients(input, LABELS, loss);
    assertThat(found.loss())
        .isEqualTo(CrossEntropyReference.forward(loss, reference.output(input), LABELS));
    assertThat(found.gradients().parameters().keySet())
        .containsExactlyElementsOf(NETWORK.parameters().keySet());
    parameters.forEach(
        (name, variable) ->
            assertClose(
                name, found.gradients().parameters().get(name), differences(variable, loss), 1e-7));
    assertClose("input", found.gradients().input(), differences(input, loss), 1e-7);
  }

  private NdArray differences(NdArray variable, CrossEntropy loss) {
    return CentralDifference.gradient(
        variable, 1e-5, () -> CrossEntropyReference.forward(loss, reference.output(input), LABELS));
  }

  @Test
  void givesZeroGradientsToABranchThatTheOutputDoesNotReadFrom() {
    Network branched =
        new Network(
            "branched",
            Shape.of(2),
            List.of(
                new Node("side", new Linear(3), List.of(Network.INPUT)),
                new Node("main", new Linear(2), List.of(Network.INPUT))));
    ReferenceNetwork network = new ReferenceNetwork(branched, randomParameters(branched));
    NdArray x = random(1, Shape.of(1, 2));
    ReferenceNetwork.Gradients gradients =
        network.backward(network.forward(x), NdArray.of(Shape.of(1, 2), 1, 1));
    assertThat(gradients.parameters().get("side.weight").values()).containsOnly(0);
    assertThat(gradients.parameters().get("main.bias").values()).containsExactly(1, 1);
  }

  @Test
  void tellsNestedNamesApart() {
    Network nested =
        Network.builder("nested", Shape.of(2))
            .add("a", new Linear(2, false))
            .add("a.weight", new Linear(1))
            .build();
    ReferenceNetwork network =
        new ReferenceNetwork(
            nested,
            Map.of(
                "a.weight", NdArray.of(Shape.of(2, 2), 0, 1, 1, 0),
                "a.weight.weight", NdArray.of(Shape.of(1, 2), 1, 10),
                "a.weight.bias", NdArray.of(Shape.of(1), 0.5)));
    assertThat(network.output(NdArray.of(Shape.of(1, 2), 3, 4)).values()).containsExactly(34.5);
  }

  @Test
  void widensTheWeightsOfASavedModel() {
    Network tiny = Network.builder("tiny", Shape.of(2)).add("fc", new Linear(1)).build();
    Map<String, float[]> weights =
        Map.of("fc.weight", new float[] {1, 10}, "fc.bias", new float[] {0.5f});
    ModelData model =
        new ModelData(tiny, weights, Normalization.unit(1), List.of("only"), Map.of());
    NdArray output = ReferenceNetwork.of(model).output(NdArray.of(Shape.of(1, 2), 3, 4));
    assertThat(output.values()).containsExactly(43.5);
  }

  @Test
  void refusesWhatDoesNotFit() {
    Map<String, NdArray> incomplete = new LinkedHashMap<>(parameters);
    incomplete.remove("fc.bias");
    assertThatThrownBy(() -> new ReferenceNetwork(NETWORK, incomplete))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("network small: fc.bias is missing, expected shape 4");
    Map<String, NdArray> excessive = new LinkedHashMap<>(parameters);
    excessive.put("fc.gain", new NdArray(Shape.of(4)));
    assertThatThrownBy(() -> new ReferenceNetwork(NETWORK, excessive))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("network small: unknown parameter fc.gain");
    assertThatThrownBy(() -> reference.forward(random(1, Shape.of(2, 2, 7, 7))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("network small: input 2x2x7x7 must be 2x2x7x8");
    Map<String, NdArray> activations = reference.forward(input);
    assertThatThrownBy(() -> reference.backward(activations, input))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("grad_output");
  }
}

package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;
import dev.quern.train.Summary;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NetworkTest {
  @Test
  void builtInNetworksHaveTheirKnownSizes() {
    Network lenet = Networks.lenet(Shape.of(1, 28, 28), 10);
    assertThat(lenet.parameterCount()).isEqualTo(431_080);
    assertThat(lenet.multiplyAdds()).isEqualTo(2_293_000);
    assertThat(lenet.output()).isEqualTo(Shape.of(10));
    Network notebook = Networks.notebook(Shape.of(3, 32, 32), 10);
    assertThat(notebook.parameterCount()).isEqualTo(75 + 9 + 121 * 64 + 64 + 640 + 10);
    assertThat(notebook.shapes()).containsEntry("pool2", Shape.of(1, 11, 11));
  }

  @Test
  void infersShapesOfEveryKindOfLayer() {
    Network n =
        Network.of(
            "n",
            Shape.of(4, 11, 9),
            new Conv2d(6, 3).stride(2).padding(1).dilation(2).groups(2),
            new Relu(),
            new MaxPool2d(3).stride(2).padding(1).ceilMode(true),
            new AvgPool2d(2).stride(1),
            new Flatten(),
            new Linear(7));
    assertThat(n.shapes())
        .containsEntry("conv2d1", Shape.of(6, 5, 4))
        .containsEntry("max_pool2d1", Shape.of(6, 3, 3))
        .containsEntry("avg_pool2d1", Shape.of(6, 2, 2))
        .containsEntry("flatten1", Shape.of(24));
    assertThat(n.parameters().keySet())
        .containsExactly("conv2d1.weight", "conv2d1.bias", "linear1.weight", "linear1.bias");
    assertThat(n.parameters().get("conv2d1.weight").shape()).isEqualTo(Shape.of(6, 2, 3, 3));
  }

  @Test
  void reportsEveryProblemAtOnceWithItsLayer() {
    List<Network.Node> nodes =
        List.of(
            new Network.Node("a", new Conv2d(3, 5), List.of("input")),
            new Network.Node("b", new MaxPool2d(5), List.of("input")),
            new Network.Node("c", new Relu(), List.of("nowhere")),
            new Network.Node("c", new Relu(), List.of("input")),
            new Network.Node("d e", new Relu(), List.of("input")),
            new Network.Node("f", new Relu(), List.of("input", "b")));
    assertThat(Network.check(Shape.of(1, 4, 4), nodes))
        .containsExactly(
            "conv2d: kernel 5x5 does not fit the padded input 4x4 (layer a, input 1x4x4)",
            "max_pool2d: kernel 5x5 does not fit the padded input 4x4 (layer b, input 1x4x4)",
            "layer c: its input nowhere is not a layer before it",
            "two layers are called c",
            "\"d e\" is not a layer name (words of letters, digits, _ and -, separated by"
                + " dots)",
            "layer f: relu takes 1 input, not 2");
    assertThatThrownBy(() -> new Network("n", Shape.of(1, 4, 4), nodes))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("network n: ")
        .hasMessageContaining("(layer a")
        .hasMessageContaining("(layer b");
    assertThat(Network.check(Shape.of(0, 4, 4), List.of()))
        .containsExactly("it has no layers", "input 0x4x4 is empty");
  }

  @Test
  void layersWithoutNamesTakeTheNextFreeOne() {
    Network n =
        Network.builder("n", Shape.of(6))
            .add("relu1", new Relu())
            .add(new Relu())
            .add("relu4", new Relu())
            .add(new Relu())
            .add(new Relu())
            .build();
    assertThat(n.nodes())
        .extracting(Network.Node::name)
        .containsExactly("relu1", "relu2", "relu4", "relu3", "relu5");
  }

  @Test
  void refusesNulls() {
    Shape input = Shape.of(6);
    NetworkBuilder b = Network.builder("n", input);
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("network: layer a: inputs has a null", () -> b.add("a", new Relu(), (String) null));
    calls.put("network: layer a: inputs is null", () -> b.add("a", new Relu(), (String[]) null));
    calls.put("network: layers is null", () -> Network.of("n", input, (Layer[]) null));
    calls.put(
        "network: nodes has a null",
        () -> new Network("n", input, Collections.singletonList(null)));
    calls.put("network: nodes is null", () -> Network.check(input, null));
    calls.put("network: input is null", () -> Network.check(null, List.of()));
    calls.forEach(
        (message, call) ->
            assertThatThrownBy(call)
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage(message));
  }

  @Test
  void equalDescriptionsAreEqual() {
    assertThat(Networks.lenet(Shape.of(1, 28, 28), 10))
        .isEqualTo(Networks.lenet(Shape.of(1, 28, 28), 10))
        .isNotEqualTo(Networks.lenet(Shape.of(1, 28, 28), 9));
  }

  @Test
  void summaryTellsParametersAndBytes() {
    Network lenet = Networks.lenet(Shape.of(1, 28, 28), 10);
    String text = Summary.of(lenet, 64);
    assertThat(text).contains("431,080").contains("2,293,000").contains("50x8x8");
    long training = Summary.planBytes(lenet, 64, true);
    long inference = Summary.planBytes(lenet, 64, false);
    assertThat(training).isGreaterThan(inference);
    assertThat(inference).isGreaterThan(64 * 20 * 24 * 24 * 4);
    assertThat(text)
        .contains(
            String.format(
                "%,d bytes training, %,d with --recompute, %,d with --precision bf16, %,d inference",
                training,
                Summary.recomputedPlanBytes(lenet, 64),
                Summary.trainingPlanBytes(lenet, 64, Precision.BF16),
                inference));
  }

  @Test
  void printsAsALine() {
    assertThat(Networks.byName("resnet20"))
        .hasToString("Network resnet20: input 3x32x32, 73 layers, 272474 parameters, output 10");
    String odd = "a\nb".repeat(1000);
    assertThat(Network.of(odd, Shape.of(1), new Relu()).toString())
        .startsWith("Network a?ba?b")
        .hasSizeLessThan(160)
        .doesNotContain("\n");
  }
}

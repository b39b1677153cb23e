package dev.quern.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Concat;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static Map<String, String> places(Network network, String... floats) {
    Set<String> quantized =
        network.nodes().stream()
            .filter(n -> n.layer() instanceof Conv2d || n.layer() instanceof Linear)
            .map(Network.Node::name)
            .filter(n -> !Arrays.asList(floats).contains(n))
            .collect(Collectors.toSet());
    return new Placement(new Graph(network), quantized).ranges();
  }

  private static NetworkBuilder builder() {
    return Network.builder("n", Shape.of(3, 8, 8)).add("conv1", new Conv2d(4, 3).padding(1));
  }

  /** The chain's last value, which pooling, dropout and flattening pass on. */
  @Test
  void chainsEndInBytes() {
    Network net =
        builder()
            .add("bn", new BatchNorm2d())
            .add("relu", new Relu6())
            .add("pool", new MaxPool2d(2))
            .add("drop", new Dropout(0.5f))
            .add("conv2", new Conv2d(4, 3))
            .add("sigmoid", new Sigmoid())
            .add("conv3", new Conv2d(4, 1))
            .add("avg", new AdaptiveAvgPool2d(1))
            .add("flat", new Flatten())
            .add("fc", new Linear(3))
            .build();
    assertThat(places(net).keySet())
        .as("the function and the average read bytes, too")
        .containsExactlyInAnyOrder("input", "relu", "conv2", "sigmoid", "conv3", "avg");
    assertThat(places(net, "conv1", "fc").keySet())
        .containsExactlyInAnyOrder("relu", "conv2", "sigmoid");
    assertThat(places(net, "conv2", "conv3").keySet())
        .as("of floats, what is read alone")
        .containsExactlyInAnyOrder("input", "avg");
  }

  /** One operand is added in the chain of the other, and has to be bytes for it. */
  @Test
  void shortcuts() {
    Network net =
        builder()
            .add("relu1", new Relu())
            .add("conv2", new Conv2d(8, 3).padding(1))
            .add("bn2", new BatchNorm2d())
            .add("shortcut", new Conv2d(8, 1), "relu1")
            .add("shortcut_bn", new BatchNorm2d())
            .add("sum", new Add(), "shortcut_bn", "bn2")
            .add("relu2", new Relu())
            .add("conv3", new Conv2d(8, 3).padding(1))
            .add("sum2", new Add(), "conv3", "relu2")
            .add("relu3", new Relu())
            .add("conv4", new Conv2d(2, 1))
            .build();
    assertThat(places(net).keySet())
        .containsExactlyInAnyOrder("input", "relu1", "shortcut_bn", "relu2", "relu3");
    assertThat(places(net, "conv2").keySet())
        .containsExactlyInAnyOrder("input", "relu1", "bn2", "relu2", "relu3");
    assertThat(places(net, "conv4").keySet())
        .as("sum2 is not read as bytes")
        .containsExactlyInAnyOrder("input", "relu1", "shortcut_bn", "relu2");
  }

  /** A squeeze-and-excitation block: whatever is between the convolutions is bytes. */
  @Test
  void gates() {
    Network net =
        builder()
            .add("bn", new BatchNorm2d())
            .add("swish", new Hardswish())
            .add("avg", new AdaptiveAvgPool2d(1))
            .add("squeeze", new Conv2d(2, 1))
            .add("relu", new Relu())
            .add("excite", new Conv2d(4, 1))
            .add("sigmoid", new Hardsigmoid())
            .add("gate", new Multiply(), "swish", "sigmoid")
            .add("conv2", new Conv2d(4, 1))
            .build();
    assertThat(places(net).keySet())
        .containsExactlyInAnyOrder(
            "input", "bn", "swish", "avg", "relu", "excite", "sigmoid", "gate");
  }

  /** What is added to or averaged by floats alone is not made bytes of for that. */
  @Test
  void readersOfFloats() {
    Network net =
        builder()
            .add("swish", new Hardswish())
            .add("avg", new AdaptiveAvgPool2d(1))
            .add("conv2", new Conv2d(2, 1))
            .add("soft", new LogSoftmax(), "swish")
            .output("conv2", "soft")
            .build();
    assertThat(places(net).keySet()).containsExactlyInAnyOrder("input", "avg");
  }

  @Test
  void sumsOfBytes() {
    Network net =
        builder()
            .add("relu1", new Relu())
            .add("pool", new AvgPool2d(3).stride(1).padding(1))
            .add("sum", new Add(), "pool", "relu1")
            .add("relu2", new Relu())
            .add("conv2", new Conv2d(2, 1))
            .build();
    assertThat(places(net).keySet()).containsExactlyInAnyOrder("input", "relu1", "pool", "relu2");
  }

  /** ReLU leaves alone what has no steps below 0. */
  @Test
  void reluSharesTheRangeOfWhatItReads() {
    Network net =
        builder()
            .add("pool", new MaxPool2d(2))
            .add("relu", new Relu())
            .add("conv2", new Conv2d(2, 1))
            .build();
    Placement made = new Placement(new Graph(net), Set.of("conv1", "conv2"));
    assertThat(made.ranges().keySet()).containsExactlyInAnyOrder("input", "conv1", "relu");
    assertThat(made.range("pool")).isEqualTo(made.range("relu"));
    assertThat(made.crops("conv1").of(new float[] {-1, 2, Float.NaN}))
        .containsExactly(0, 2, Float.NaN);
    assertThat(made.crops("relu")).isEqualTo(Crops.NONE);
  }

  @Test
  void concatenatedValuesShareARange() {
    Network net =
        builder()
            .add("relu1", new Relu())
            .add("left", new Conv2d(4, 1))
            .add("relu2", new Relu())
            .add("pooled", new MaxPool2d(3).stride(1).padding(1), "relu1")
            .add("both", new Concat(), "relu2", "pooled")
            .add("conv3", new Conv2d(4, 1))
            .add("more", new Concat(), "both", "conv3")
            .add("conv4", new Conv2d(4, 1))
            .build();
    Map<String, String> places = places(net);
    assertThat(places.keySet()).containsExactlyInAnyOrder("input", "relu1", "relu2", "conv3");
    assertThat(new TreeSet<>(places.values())).hasSize(2);
    assertThat(places.get("relu1")).isEqualTo(places.get("relu2")).isEqualTo(places.get("conv3"));
  }
}

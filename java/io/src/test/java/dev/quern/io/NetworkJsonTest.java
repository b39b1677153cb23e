package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkJsonTest {
  @TempDir Path temp;

  /** A network of 3x32x32 images with these layers. */
  static Network read(String layers) {
    return NetworkJson.read(
        "{\"name\": \"n\", \"input\": [3, 32, 32], \"layers\": [" + layers + "]}");
  }

  @Test
  void nullLeavesHeightAndWidthFree() {
    String text =
        """
        {"name": "n", "input": [3, null, 7], "layers": [
          {"name": "r", "type": "relu"}]}
        """;
    Network network = NetworkJson.read(text);
    assertThat(network.input()).isEqualTo(Shape.of(3, Shape.FREE, 7));
    assertThat(NetworkJson.write(network)).contains("\"input\": [3,null,7]");
    assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
    assertThatThrownBy(() -> NetworkJson.read(text.replace("3, null", "null, 3")))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("dynamic dimensions other than the height and width");
    assertThatThrownBy(() -> NetworkJson.read(text.replace("null", Long.toString(Shape.FREE))))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("key \"input\"");
  }

  @Test
  void readsEveryLayerAndParameter() {
    Network network =
        read(
            """
            {"name": "conv", "type": "conv2d", "out_channels": 6, "kernel": [5, 3], "stride": [2, 1],
             "padding": 1, "dilation": [1, 2], "groups": 3, "bias": false},
            {"type": "relu"},
            {"type": "max_pool2d", "kernel": 3, "stride": 2, "padding": [1, 0], "dilation": 1, "ceil_mode": true},
            {"type": "avg_pool2d", "kernel": 2, "stride": 1, "padding": 1, "ceil_mode": true,
             "count_include_pad": false},
            {"type": "dropout2d", "p": 0.25},
            {"type": "stochastic_depth", "p": 0.125},
            {"type": "flatten"},
            {"type": "dropout"},
            {"type": "linear", "out_features": 10, "bias": false},
            {"type": "softmax"}
            """);
    Network expected =
        Network.builder("n", Shape.of(3, 32, 32))
            .add(
                "conv",
                new Conv2d(6, new Size(5, 3), new Size(2, 1), Size.of(1), new Size(1, 2), 3, false))
            .add(new Relu())
            .add(new MaxPool2d(3).stride(2).padding(new Size(1, 0)).ceilMode(true))
            .add(new AvgPool2d(2).stride(1).padding(1).ceilMode(true).countIncludePad(false))
            .add(new Dropout2d(0.25f))
            .add(new StochasticDepth(0.125f))
            .add(new Flatten())
            .add(new Dropout())
            .add(new Linear(10, false))
            .add(new Softmax())
            .build();
    assertThat(network).isEqualTo(expected);
  }

  @Test
  void namesUnnamedLayersAsTheBuilderDoes() {
    Network network =
        read(
            "{\"type\": \"relu\"}, {\"name\": \"mine\", \"type\": \"relu\"}, {\"type\": \"relu\"}");
    Network expected =
        Network.builder("n", Shape.of(3, 32, 32))
            .add(new Relu())
            .add("mine", new Relu())
            .add(new Relu())
            .build();
    assertThat(network).isEqualTo(expected);
    assertThat(network.nodes().get(2).name()).isEqualTo("relu2");
  }

  @Test
  void unnamedLayersLeaveOutNamesThatAreTaken() {
    Network n = read("{\"name\": \"relu1\", \"type\": \"relu\"}, {\"type\": \"relu\"}");
    assertThat(n.nodes()).extracting(Network.Node::name).containsExactly("relu1", "relu2");
  }

  @Test
  void inputsNameTheLayersThatFeedANode() {
    Network network =
        read(
            "{\"name\": \"a\", \"type\": \"relu\"}, {\"name\": \"b\", \"type\": \"relu\"},"
                + "{\"name\": \"c\", \"type\": \"relu\", \"inputs\": [\"input\"]},"
                + "{\"name\": \"d\", \"type\": \"relu\", \"inputs\": [\"a\"]}");
    assertThat(network.nodes().get(1).inputs()).containsExactly("a");
    assertThat(network.nodes().get(2).inputs()).containsExactly("input");
    assertThat(network.nodes().get(3).inputs()).containsExactly("a");
    assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
  }

  @Test
  void writesALineALayerWithoutDefaults() {
    Network network =
        Network.builder("small", Shape.of(1, 8, 6))
            .add("conv1", new Conv2d(2, 3).padding(new Size(1, 0)).bias(false))
            .add("pool1", new MaxPool2d(2))
            .add("pool2", new AvgPool2d(2).stride(1))
            .add("flatten", new Flatten())
            .add("fc", new Linear(10))
            .build();
    assertThat(NetworkJson.write(network))
        .isEqualTo(
            """
            {"name": "small", "input": [1,8,6], "layers": [
              {"name":"conv1","type":"conv2d","out_channels":2,"kernel":3,"padding":[1,0],"bias":false},
              {"name":"pool1","type":"max_pool2d","kernel":2},
              {"name":"pool2","type":"avg_pool2d","kernel":2,"stride":1},
              {"name":"flatten","type":"flatten"},
              {"name":"fc","type":"linear","out_features":10}]}
            """);
  }

  @Test
  void builtInNetworksComeBackEqual() {
    for (String name : Networks.names()) {
      Network network = Networks.byName(name);
      assertThat(NetworkJson.read(NetworkJson.write(network))).isEqualTo(network);
    }
  }

  @Test
  void loadsFilesAndNamesThem() throws IOException {
    Network lenet = Networks.lenet(Shape.of(1, 28, 28), 10);
    Path file = Files.writeString(temp.resolve("lenet.json"), NetworkJson.write(lenet));
    assertThat(NetworkJson.load(file)).isEqualTo(lenet);
    Files.writeString(file, "{}");
    assertThatThrownBy(() -> NetworkJson.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file.toString());
    Files.writeString(
        file,
        "{\"name\":\"n\",\"input\":[3],\"layers\":[{\"type\":\"conv2d\",\"out_channels\":1,\"kernel\":3}]}");
    assertThatThrownBy(() -> NetworkJson.load(file))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining(file.toString());
    Files.write(file, new byte[] {'{', (byte) 0xc3, '}'});
    assertThatThrownBy(() -> NetworkJson.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not UTF-8");
    assertThatThrownBy(() -> NetworkJson.load(temp.resolve("none.json")))
        .isInstanceOf(NotFoundException.class);
  }
}

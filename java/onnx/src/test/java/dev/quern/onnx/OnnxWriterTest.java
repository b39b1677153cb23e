package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Silu;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.StringStringEntryProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in a file: names, weights, metadata; and what is refused. */
class OnnxWriterTest {
  @TempDir Path dir;

  private Path file() {
    return dir.resolve("model.onnx");
  }

  private static Network network() {
    return Network.builder("small", Shape.of(3, 6, 6))
        .add("stem.conv", new Conv2d(4, 3).bias(false))
        .add("stem.bn", new BatchNorm2d(0.2f, 1e-3f))
        .add("silu", new Silu())
        .add("flat", new Flatten())
        .add("fc", new Linear(2))
        .build()
        .withTask(Task.singleLabel("a \"cat\"", "a dog"));
  }

  private static ModelData model(Network network) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    network
        .state()
        .forEach(
            (name, shape) -> {
              float[] values = new float[(int) shape.elements()];
              for (int i = 0; i < values.length; i++) {
                values[i] = i + 0.5f;
              }
              weights.put(name, values);
            });
    return new ModelData(network, weights, Map.of(), Map.of("data", "mine", "a", "b"));
  }

  private ModelProto written(OnnxWriter writer, ModelData model) throws IOException {
    writer.save(model, file());
    return ModelProto.parseFrom(Files.readAllBytes(file()));
  }

  @Test
  void weightsKeepNamesShapesAndValues() throws IOException {
    ModelData model = model(network());
    GraphProto graph = written(new OnnxWriter(), model).getGraph();
    Map<String, TensorProto> tensors =
        graph.getInitializerList().stream().collect(Collectors.toMap(TensorProto::getName, t -> t));
    network()
        .state()
        .forEach(
            (name, shape) -> {
              TensorProto t = tensors.get(name);
              assertThat(t.getDimsList()).as(name).containsExactly(boxed(shape));
              float[] values = new float[(int) shape.elements()];
              t.getRawData()
                  .asReadOnlyByteBuffer()
                  .order(ByteOrder.LITTLE_ENDIAN)
                  .asFloatBuffer()
                  .get(values);
              assertThat(values).as(name).isEqualTo(model.weights().get(name));
            });
  }

  private static Long[] boxed(Shape shape) {
    return Arrays.stream(shape.toArray()).boxed().toArray(Long[]::new);
  }

  @Test
  void layersInputsAndOutputsKeepTheirNames() throws IOException {
    GraphProto graph = written(new OnnxWriter(), model(network())).getGraph();
    assertThat(graph.getName()).isEqualTo("small");
    assertThat(graph.getInput(0).getName()).isEqualTo("input");
    assertThat(graph.getOutput(0).getName()).isEqualTo("fc");
    assertThat(graph.getNodeList().stream().map(NodeProto::getName))
        .containsExactly("stem.conv", "stem.bn", "silu.sigmoid", "silu", "flat", "fc");
    assertThat(graph.getNodeList())
        .allSatisfy(n -> assertThat(n.getOutputList()).containsExactly(n.getName()));
  }

  /** A layer may be called what a node of another would be. */
  @Test
  void namesAreTaken() throws IOException {
    Network taken =
        Network.builder("taken", Shape.of(3))
            .add("a", new Silu())
            .add("a.sigmoid", new Relu())
            .build();
    GraphProto graph = written(new OnnxWriter(), model(taken)).getGraph();
    assertThat(graph.getNodeList().stream().map(NodeProto::getName))
        .containsExactly("a.sigmoid_1", "a", "a.sigmoid");
  }

  @Test
  void metadata() throws IOException {
    ModelProto message = written(new OnnxWriter(), model(network()));
    assertThat(message.getProducerName()).isEqualTo("quern");
    assertThat(message.getProducerVersion()).matches("\\d+\\.\\d+.*");
    assertThat(message.getOpsetImport(0).getVersion()).isEqualTo(17);
    assertThat(message.getIrVersion()).isEqualTo(8);
    assertThat(metadata(message))
        .containsEntry("classes", "[\"a \\\"cat\\\"\",\"a dog\"]")
        .containsEntry(
            "tasks",
            "{\"fc\":{\"type\":\"single_label\",\"classes\":[\"a \\\"cat\\\"\",\"a dog\"]}}")
        .containsEntry("provenance.data", "mine")
        .containsKey("preprocessing");
  }

  private static Map<String, String> metadata(ModelProto message) {
    return message.getMetadataPropsList().stream()
        .collect(
            Collectors.toMap(StringStringEntryProto::getKey, StringStringEntryProto::getValue));
  }

  /** What the nodes do is not to be done again. */
  @Test
  void preprocessingThatIsLeft() throws IOException {
    Preprocessing own =
        Preprocessing.of(
                new Normalization(new float[] {0.1f, 0.2f, 0.3f}, new float[] {0.4f, 0.5f, 0.6f}))
            .channels(Preprocessing.Channels.BGR)
            .size(new Size(6, 6));
    ModelData model = model(network()).withPreprocessing(own);
    assertThat(metadata(written(new OnnxWriter(), model)).get("preprocessing"))
        .contains("\"mean\":[0.1,0.2,0.3]", "\"bgr\"", "\"size\":[6,6]");
    assertThat(metadata(written(new OnnxWriter().preprocessing(true), model)).get("preprocessing"))
        .contains("\"mean\":[0.0,0.0,0.0]", "\"std\":[0.003921569", "\"size\":[6,6]")
        .doesNotContain("bgr");
  }

  @Test
  void equalModelsGiveEqualBytes() throws IOException {
    new OnnxWriter().save(model(network()), file());
    Path other = dir.resolve("other.onnx");
    Onnx.save(model(network()), other, 17);
    assertThat(Files.mismatch(file(), other)).isEqualTo(-1);
    Onnx.save(model(network()), other);
    assertThat(Files.mismatch(file(), other)).isEqualTo(-1);
  }

  @Test
  void theBatchHasAName() throws IOException {
    GraphProto graph = written(new OnnxWriter().batchName("samples"), model(network())).getGraph();
    assertThat(dim(graph)).isEqualTo("samples");
    graph = written(new OnnxWriter().batch(7), model(network())).getGraph();
    assertThat(dim(graph)).isEqualTo("7");
  }

  private static String dim(GraphProto graph) {
    var dim = graph.getInput(0).getType().getTensorType().getShape().getDim(0);
    return dim.hasDimParam() ? dim.getDimParam() : Long.toString(dim.getDimValue());
  }

  private record Mine(String type) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {}

    @Override
    public void backward(Backward pass) {}
  }

  /** All at once, and the file stays as it was. */
  @Test
  void layersWithoutAForm() throws IOException {
    Network own =
        Network.builder("own", Shape.of(3, Shape.FREE, Shape.FREE))
            .add("first", new Mine("mine"))
            .add("pool", new AdaptiveAvgPool2d(2))
            .add("relu", new Relu())
            .add("second", new Mine("other"))
            .build();
    Files.writeString(file(), "old");
    assertThatThrownBy(() -> new OnnxWriter().save(model(own), file()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "onnx: network own has layers that cannot be written: layer first (mine): a custom"
                + " layer has no ONNX form; layer pool (adaptive_avg_pool2d): its windows depend on"
                + " a dynamic height or width; layer second (other): a custom layer has no ONNX"
                + " form");
    assertThat(file()).hasContent("old");
    assertThat(dir.toFile().list()).containsExactly("model.onnx");
  }

  @Test
  void countedPaddingOfAFreeSizeInCeilMode() {
    Network free =
        Network.of(
            "free",
            Shape.of(3, Shape.FREE, 8),
            new AvgPool2d(3).stride(2).padding(1).ceilMode(true));
    assertThatThrownBy(() -> new OnnxWriter().save(model(free), file()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("counting its padding in ceil mode requires fixed height and width");
  }

  /** Before a second copy is made: these weights are one array. */
  @Test
  void moreThanAFileHolds() {
    NetworkBuilder b = Network.builder("large", Shape.of(4000));
    for (int i = 0; i < 34; i++) {
      b.add(new Linear(4000, false));
    }
    Network large = b.build();
    float[] one = new float[4000 * 4000];
    Map<String, float[]> weights = new LinkedHashMap<>();
    large.state().keySet().forEach(name -> weights.put(name, one));
    ModelData model = new ModelData(large, weights, Map.of(), Map.of());
    assertThatThrownBy(() -> new OnnxWriter().save(model, file()))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage(
            "onnx: network large has too many weights and constants, a file can contain at most"
                + " 520093695");
    assertThat(file()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 12, 24, Integer.MAX_VALUE})
  void opsetsThatAreNotWritten(int opset) {
    assertThatThrownBy(() -> new OnnxWriter().opset(opset))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("onnx: opset " + opset + " is outside [13, 23]");
  }

  @Test
  void badArguments() {
    ModelData model = model(network());
    OnnxWriter writer = new OnnxWriter();
    List<Runnable> all =
        List.of(
            () -> writer.save(null, file()),
            () -> writer.save(model, null),
            () -> Onnx.save(null, file()),
            () -> Onnx.save(model, null, 17),
            () -> Onnx.save(model, file(), 5),
            () -> writer.batch(-1),
            () -> writer.batchName(" "),
            () -> writer.batchName(null));
    assertThat(all)
        .allSatisfy(r -> assertThatThrownBy(r::run).isInstanceOf(InvalidArgumentException.class));
    assertThatThrownBy(() -> writer.save(model, dir.resolve("no/model.onnx")))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("its folder does not exist");
  }
}

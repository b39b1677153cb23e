package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be asked for: sizes, constants, other outputs; and what a first axis is. */
class OnnxReaderTest {
  @TempDir Path dir;

  private Path write(ModelProto.Builder model) throws IOException {
    return Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
  }

  private Network network(ModelProto.Builder model) throws IOException {
    return Onnx.load(write(model)).network();
  }

  @Test
  void aFreeBatchIsNoAxis() throws IOException {
    assertThat(network(Graphs.of("Relu x[0,3,4] -> y")).input()).isEqualTo(Shape.of(3, 4));
    assertThat(network(Graphs.of("Relu x[1,3,4] -> y")).input()).isEqualTo(Shape.of(3, 4));
  }

  @Test
  void freeHeightAndWidthStayFree() throws IOException {
    Network network =
        network(
            Graphs.of(
                "Conv x[0,3,0,0] w(4,3,3,3) -> c", "Relu c -> r", "GlobalAveragePool r -> y"));
    assertThat(network.input()).isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
    assertThat(network(Graphs.of("Relu x[1,3,0,7] -> y")).input())
        .isEqualTo(Shape.of(3, Shape.FREE, 7));
  }

  @Test
  void sizesThatLayersDependOn() throws IOException {
    Path file = write(Graphs.of("Flatten x[0,3,0,0] -> f", "MatMul f w(48,2) -> y"));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(QuernException.class);
    Network sized = Onnx.reader().size("x", -1, 3, 4, 4).read(file).network();
    assertThat(sized.input()).isEqualTo(Shape.of(3, 4, 4));
    Path shape = write(Graphs.of("Reshape x[1,2,0,0] s{1,2,-1} -> r", "Relu r -> y"));
    assertThatThrownBy(() -> Onnx.load(shape))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("layer x_reshape differs from size to size; give the input's size");
    assertThat(Onnx.reader().size("x", 1, 2, 5, 6).read(shape).network().input())
        .isEqualTo(Shape.of(2, 5, 6));
  }

  @Test
  void otherFreeAxesNeedASize() throws IOException {
    Path file = write(Graphs.of("Relu x[0,0,4] -> y"));
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("axis 1 of input \"x\" is dynamic; give the input's size");
    assertThat(Onnx.reader().size("x", -1, 7, 4).read(file).network().input())
        .isEqualTo(Shape.of(7, 4));
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.getGraphBuilder().setInput(0, Graphs.port("x"));
    Path unsaid = write(model);
    assertThatThrownBy(() -> Onnx.load(unsaid))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the shape of input \"x\" is not in the file");
    assertThat(Onnx.reader().size("x", 1, 5).read(unsaid).network().input()).isEqualTo(Shape.of(5));
    assertThatThrownBy(() -> Onnx.reader().size("z", 1).read(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("unknown input \"z\", found [x]");
  }

  /** ONNX's momentum is the share of what was there, a layer's is that of what comes. */
  @Test
  void momentumOfRunningStatistics() throws IOException {
    String known = " s(3) b(3) m(3) v(3) -> y ";
    Network signals = network(Graphs.of("BatchNormalization x[1,3]" + known + "momentum=0.75"));
    assertThat(signals.nodes().get(0).layer())
        .isInstanceOfSatisfying(BatchNorm1d.class, l -> assertThat(l.momentum()).isEqualTo(0.25f));
    Network images = network(Graphs.of("BatchNormalization x[1,3,4,4]" + known));
    assertThat(images.nodes().get(0).layer())
        .isInstanceOfSatisfying(
            BatchNorm2d.class, l -> assertThat(l.momentum()).isCloseTo(0.1f, within(1e-6f)));
  }

  /** A first axis of 4 is four samples while nothing mixes them. */
  @Test
  void theNetworkIsCalledAfterTheFile() throws IOException {
    ModelProto model = Graphs.of("Relu x[1,3] -> y").build();
    Path file = Files.write(dir.resolve("my-net.v2.ONNX"), model.toByteArray());
    assertThat(Onnx.load(file).network().name()).isEqualTo("my_net.v2");
    Path own = dir.resolve("other.onnx");
    Onnx.save(Onnx.load(file), own);
    assertThat(Onnx.load(own).network().name()).isEqualTo("my_net.v2");
  }

  @Test
  void aFixedBatch() throws IOException {
    Path file = write(Graphs.of("Gemm x[4,3] w(3,2) -> g", "Relu g -> y"));
    ModelData batch = Onnx.load(file);
    assertThat(batch.network().input()).isEqualTo(Shape.of(3));
    ModelData whole = Onnx.load(write(Graphs.of("Softmax x[4,3] -> y axis=0")));
    assertThat(whole.network().input()).isEqualTo(Shape.of(4, 3));
    Judge.compare(dir.resolve("model.onnx"), whole);
  }

  @Test
  void inputsThatBecomeConstants() throws IOException {
    ModelProto.Builder model = Graphs.of("Reshape x[1,6] s[2] -> r", "Relu r -> y");
    model
        .getGraphBuilder()
        .getInputBuilder(1)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(Graphs.INT64);
    Path file = write(model);
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("the shape (input 1) is computed by the network");
    Network bound = Onnx.reader().bind("s", Shape.of(2), 2, 3).read(file).network();
    assertThat(bound.inputs()).containsOnlyKeys("x");
    assertThat(bound.output()).isEqualTo(Shape.of(2, 3));
    assertThatThrownBy(() -> Onnx.reader().bind("q", Shape.of(1), 1).read(file))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("has no input q");
  }

  @Test
  void otherOutputs() throws IOException {
    Path file = write(Graphs.of("Relu x[1,3] -> a", "Exp a -> b", "NonZero b -> y"));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(ImportException.class);
    Network cut = Onnx.reader().outputs("a").read(file).network();
    assertThat(cut.outputs()).containsExactly("a");
    assertThat(cut.nodes()).hasSize(1);
    assertThat(Onnx.reader().outputs("b", "a").read(file).network().outputs())
        .containsExactly("b", "a");
    assertThatThrownBy(() -> Onnx.reader().outputs("c").read(file))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("has no value c");
  }

  /** All that a reader is asked for stays with it, and others know nothing of it. */
  @Test
  void readersAreImmutable() throws IOException {
    Path file = write(Graphs.of("Relu x[0,0] -> y"));
    OnnxReader plain = Onnx.reader();
    long[] dims = {1, 5};
    OnnxReader sized = plain.size("x", dims);
    dims[1] = 9;
    assertThat(sized.read(file).network().input()).isEqualTo(Shape.of(5));
    assertThatThrownBy(() -> plain.read(file)).isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void badArguments() {
    OnnxReader reader = Onnx.reader();
    List<Runnable> all =
        List.of(
            () -> Onnx.load(null),
            () -> reader.read(null),
            () -> reader.size(null, 1),
            () -> reader.size("x", (long[]) null),
            () -> reader.size("x", 0),
            () -> reader.size("x", -2),
            () -> reader.size("x", Long.MAX_VALUE),
            () -> reader.bind(null, Shape.of(1), 1),
            () -> reader.bind("x", null, 1),
            () -> reader.bind("x", Shape.of(1), (double[]) null),
            () -> reader.bind("x", Shape.of(2), 1),
            () -> reader.bind("x", Shape.of(3, Shape.FREE, Shape.FREE), 1),
            () -> reader.outputs(),
            () -> reader.outputs((String[]) null),
            () -> reader.outputs("a", null));
    assertThat(all)
        .allSatisfy(r -> assertThatThrownBy(r::run).isInstanceOf(InvalidArgumentException.class));
  }

  /** What is read predicts like any model, of several samples at once. */
  @Test
  void severalSamples() throws IOException {
    ModelData data = Onnx.load(write(Graphs.of("Softmax x[1,3] -> y")));
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      Tensor out = model.predict(arena.tensor(Shape.of(5, 3)));
      assertThat(out.shape()).isEqualTo(Shape.of(5, 3));
      assertThat(model.network().task().toString()).isNotEmpty();
      assertThat(data.provenance()).containsKey("source");
      assertThat(Map.copyOf(data.weights())).isEmpty();
    }
  }
}

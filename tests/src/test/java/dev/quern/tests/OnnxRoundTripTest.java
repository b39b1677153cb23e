package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.DeformConv2d;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.onnx.Onnx;
import dev.quern.onnx.OnnxWriter;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written and read again computes the same. */
class OnnxRoundTripTest {
  @TempDir Path dir;

  private ModelData again(ModelData model, OnnxWriter writer) {
    Path file = dir.resolve("model.onnx");
    writer.save(model, file);
    return Onnx.load(file);
  }

  private static void sameOutputs(ModelData model, ModelData read) {
    try (Model own = Model.of(model);
        Model other = Model.of(read);
        Arena arena = new Arena()) {
      assertThat(read.network().inputs()).isEqualTo(model.network().inputs());
      Map<String, Tensor> inputs = OnnxJudge.inputs(model.network().inputs(), 2, arena);
      Map<String, Tensor> expected = own.predict(inputs);
      Map<String, Tensor> actual = other.predict(inputs);
      assertThat(actual.keySet()).isEqualTo(expected.keySet());
      expected.forEach((name, t) -> OnnxJudge.close(name, actual.get(name), t));
    }
  }

  static Stream<Named<Network>> layers() {
    return GradientNetworks.written(new OnnxWriter().opset()).stream()
        .map(n -> Named.of(n.name(), n));
  }

  @ParameterizedTest
  @MethodSource
  void layers(Network network) {
    ModelData model = OnnxJudge.model(network);
    sameOutputs(model, again(model, new OnnxWriter()));
  }

  static int[] opsets() {
    return Suite.FULL ? new int[] {13, 15, 19, 21, 23} : new int[] {13};
  }

  @ParameterizedTest
  @MethodSource("opsets")
  void layersOfOpset(int opset) {
    for (Network network : GradientNetworks.written(opset)) {
      ModelData model = OnnxJudge.model(network);
      sameOutputs(model, again(model, new OnnxWriter().opset(opset)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {19, 22, 23})
  void deformableConvolutions(int opset) {
    List<Network> all = DeformConv2dNetworks.all().toList();
    assertThat(GradientNetworks.written(opset)).extracting(Network::name).containsAll(names(all));
    for (Network network : all) {
      ModelData model = OnnxJudge.model(network);
      ModelData read = again(model, new OnnxWriter().opset(opset));
      sameOutputs(model, read);
      assertThat(deformable(read.network())).isEqualTo(deformable(network));
    }
  }

  private static List<String> names(List<Network> networks) {
    return networks.stream().map(Network::name).toList();
  }

  private static List<Layer> deformable(Network network) {
    return network.nodes().stream()
        .map(Network.Node::layer)
        .filter(DeformConv2d.class::isInstance)
        .toList();
  }

  /** These fold nothing: names, shapes and weights are the same, to the bit. */
  @ParameterizedTest
  @ValueSource(strings = {"notebook", "lenet", "vgg-small", "resnet20", "densenet-40", "mobilenet"})
  void builtInNetworks(String name) {
    ModelData model = OnnxJudge.model(Networks.byName(name));
    ModelData read = again(model, new OnnxWriter());
    assertThat(read.network().state()).isEqualTo(model.network().state());
    model
        .weights()
        .forEach((key, values) -> assertThat(read.weights().get(key)).as(key).isEqualTo(values));
    Map<String, Shape> shapes = new HashMap<>(model.network().shapes());
    shapes.remove("flatten"); // the reader makes its own
    assertThat(read.network().shapes()).containsAllEntriesOf(shapes);
    sameOutputs(model, read);
  }

  @Test
  void savedByTheEndingOfItsName() {
    ModelData model = OnnxJudge.model(Networks.byName("lenet"));
    Path file = dir.resolve("saved.onnx");
    model.save(file);
    sameOutputs(model, Onnx.load(file));
  }

  @Test
  void tasksAndProvenance() {
    Network network = Networks.byName("lenet").withTask(Task.singleLabel());
    ModelData plain = OnnxJudge.model(network);
    ModelData model =
        new ModelData(network, plain.weights(), plain.preprocessing(), Map.of("seed", "7"));
    ModelData read = again(model, new OnnxWriter().preprocessing(true).activation(true));
    assertThat(read.network().task()).isEqualTo(Task.singleLabel());
    assertThat(read.network().outputs()).containsExactly("fc2.softmax");
    assertThat(read.provenance()).containsEntry("seed", "7");
  }
}

package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Quantization by the numbers of a sample, judged by ONNX Runtime. */
class DynamicQuantizationTest {
  private static final String START = "DynamicQuantizeLinear x[1,4,6,6] -> q s z ; ";
  private static final String END = " ; Cast i -> f to=1 ; Mul f s -> g ; Mul g e{0.01} -> y";

  @TempDir Path dir;

  private static ModelProto.Builder graph(String nodes) {
    ModelProto.Builder model = Graphs.of(nodes.split(" ; "));
    long[] one = {};
    Stream.of(
            bytes("w", false, 5, 4, 3, 3),
            bytes("v", false, 6, 2, 3, 3),
            bytes("n", true, 6, 7),
            bytes("m", false, 6, 7),
            bytes("each", false, 7),
            Graphs.bytes("zero", false, one, 120),
            Graphs.bytes("still", true, one, 0))
        .filter(t -> nodes.contains(" " + t.getName() + " "))
        .forEach(model.getGraphBuilder()::addInitializer);
    return model;
  }

  private static TensorProto bytes(String name, boolean signed, long... dims) {
    int n = 1;
    for (long d : dims) {
      n *= (int) d;
    }
    int least = signed ? -127 : 0;
    return Graphs.bytes(
        name, signed, dims, new Random(name.hashCode()).ints(n, least, least + 255).toArray());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ConvInteger q w z -> i pads=1,1,1,1",
        "ConvInteger q w z zero -> i strides=2,2",
        "ConvInteger q v z zero -> i group=2",
        "ConvInteger q w -> i",
        "MatMulInteger q n z -> i",
        "MatMulInteger q n z still -> i",
        "MatMulInteger q m z zero -> i",
        "MatMulInteger q m z each -> i",
        "MatMulInteger q n -> i",
        "MaxPool q -> r kernel_shape=2,2 ; ConvInteger r w z -> i pads=1,1,1,1",
        "Transpose q -> r perm=0,1,3,2 ; MatMulInteger q r z z -> i",
      })
  void agrees(String nodes) {
    Judge.agree(dir, graph(START + nodes + END));
  }

  @Test
  void allOutputsAgree() {
    String nodes = START + "Cast q -> a to=1 ; Cast z -> b to=1 ; Add a b -> c ; Mul c s -> y";
    Judge.agree(dir, graph(nodes));
    String ofP = nodes.replace("x[1,4,6,6]", "p");
    Judge.agree(dir, graph("Relu x[1,30] -> p ; " + ofP));
    Judge.agree(dir, graph("Relu x[1,30] -> o ; Neg o -> p ; " + ofP));
  }

  @Test
  void zerosHaveAScaleOfOne() throws IOException {
    ModelProto.Builder model = graph(START + "Cast q -> a to=1 ; Add a s -> y");
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    ModelData data = Onnx.load(file);
    try (Model ours = Model.of(data);
        Arena arena = new Arena()) {
      float[] got = ours.predict(arena.tensor(Shape.of(1, 4, 6, 6), new float[144])).toArray();
      assertThat(got).containsOnly(1f);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ConvInteger q q z -> i|weight (input 1) is computed by the network",
        "ConvInteger q n z -> i|does not match an input of 4 dimensions",
        "ConvInteger q w z each -> i|the weight has 7 zero points",
        "MatMulInteger q n z q -> i|zero point of the weight (input 3) is computed",
        "MatMulInteger q n q -> i|the zero point must be one number",
        "MatMulInteger q still z each -> i|the weight has 7 zero points",
        "MatMulInteger q -> i|input 1 is missing",
      })
  void refuses(String text) throws IOException {
    String[] parts = text.split("\\|");
    Path file =
        Files.write(dir.resolve("model.onnx"), graph(START + parts[0] + END).build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(parts[1]);
  }

  @Test
  void severalSamplesOfAFixedBatchHaveNoCommonScale() throws IOException {
    String nodes = START.replace("[1,", "[3,") + "ConvInteger q w z -> i" + END;
    Path file = Files.write(dir.resolve("model.onnx"), graph(nodes).build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("it mixes samples of a batch of 3");
  }
}

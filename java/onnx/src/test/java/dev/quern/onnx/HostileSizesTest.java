package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.QuernException;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes and counts that are absurd end in a typed error before memory is taken. */
class HostileSizesTest extends HostileFolder {
  /** A thousand bytes ask for a terabyte. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ConstantOfShape k{1099511627776} -> y",
        "ConstantOfShape k{100000,100000,100000} -> y",
        "ConstantOfShape k{-1} -> y",
        "Expand x[1,1] k{1,1099511627776} -> y",
        "Expand x[1,1] k{1,2147483647} -> y",
        "Tile x[1,2] k{1,1099511627776} -> y",
        "Tile x[1,2] k{4611686018427387904,4} -> y",
        "Tile x[1,2] k{1,-1} -> y",
        "Pad x[1,2] k{0,0,0,2147483646} -> y",
        "Pad x[1,2] k{0,4611686018427387904,0,4611686018427387904} -> y",
        "Pad x[1,2] k{0,0,0,2000000000} -> y mode=edge",
        "Pad x[1,2] k{0,-5,0,0} -> y",
        "Range a{0} b{9000000000000000000} c{1} -> y",
        "Range a{0} b{9} c{0} -> y",
        "Resize x[1,1,2,2] _ _ k{1,1,2147483647,2147483647} -> y",
        "Resize x[1,1,2,2] _ _ k{1,1,2000000000,1} -> y mode=cubic",
        "Resize x[1,1,2,2] _ f{1.0,1.0,1e30,1.0} -> y",
        "Resize x[1,1,2,2] _ _ k{1,1,0,-4} -> y",
        "Conv x[1,1,4,4] w(1,1,1,1) -> y pads=2147483647,2147483647,2147483647,2147483647",
        "Conv x[1,1,4,4] w(1,1,1,1) -> y pads=4611686018427387904,0,0,0",
        "Conv x[1,1,4,4] w(1,1,2,2) -> y dilations=4611686018427387904,1",
        "Conv x[1,1,4,4] w(1,1,1,1) -> y strides=0,0",
        "Conv x[1,1,4,4] w(1,1,1,1) -> y group=0",
        "Conv x[1,1,4,4] w(1,1,1,1) -> y group=-9223372036854775808",
        "Conv x[1,1,4,4] w() -> y",
        "Conv x[1,1,4,4] w(1) -> y",
        "Conv x[4] w(1,1) -> y",
        "Conv x[1,1,4,4] -> y",
        "ConvTranspose x[1,1,4,4] w(1,1,2,2) -> y output_shape=1,",
        "ConvTranspose x[1,1,2,2,2] w(1,1,1,1,1) -> y group=0",
        "ConvTranspose x[1,1,4,4] w(1,1,2,2) -> y strides=2000000000,2000000000",
        "MaxPool x[1,1,4,4] -> y kernel_shape=2147483647,2147483647",
        "MaxPool x[1,1,4,4] -> y",
        "BatchNormalization x[1,3] -> y",
        "BatchNormalization x[3] a(3) b(3) c(3) d(3) -> y training_mode=1",
        "InstanceNormalization x[3] a(3) b(3) -> y",
        "GroupNormalization x[3] a(3) b(3) -> y num_groups=0",
        "GroupNormalization x[1,3,2] a(2) b(3) -> y num_groups=-1",
        "LayerNormalization x[1,3] a(2) -> y",
        "LayerNormalization x[1,3] a(1,1,3) -> y",
        "RMSNormalization x[1,3] a(2) -> y",
        "LSTM x[3,1,2] w(1,4,2) r(1,4,1) -> y hidden_size=-1",
        "LSTM x[3,1,2] w(1,4,2) r(1,4,1) -> y hidden_size=9223372036854775807",
        "LSTM x[3,1,2] w(1,4,2) r(1,4,1) -> y hidden_size=1.5",
        "LSTM x[3,1,2] w(1,4,2) r(4) -> y",
        "LSTM x[3,1,2] w(4) r(1,4,1) -> y",
        "LSTM x[3,1,2] w(1,4,2) -> y",
        "LSTM x[3] w(1,4,2) r(1,4,1) -> y",
        "LSTM x[3,1,2] w(1,4,2) r(1,4,1) b(8) -> y",
        "GRU x[3,1,2] w(1,3,2) r(1,3,1) _ k{-1} -> y",
        "GRU x[3,1,2] w(1,3,2) r(1,3,1) _ _ h(2) -> y",
        "RNN x[3,1,2] w(1,1,2) r(1,1,1) -> y activations=1,2",
        "RNN x[3,1,2] w(1,1,2) r(1,1,1) -> y direction=3",
        "PRelu x[1,3] -> y",
        "PRelu x[1,3] k{} -> y",
        "Gemm x[3] w(3,3) -> y transA=1",
        "Gemm x[1,3] w(3,3) b(2) -> y",
        "Gemm x[1,3] -> y",
        "MatMul x[1,3] -> y",
        "Concat x[1,3] w(3) -> y axis=1",
        "Concat x[1,3] z[1,3,2] -> y axis=1",
        "Concat x[1,3] -> y axis=9223372036854775807",
        "Split x[1,3] k{9223372036854775807,9223372036854775807,5} -> y q r axis=1",
        "Split x[1,3] -> y num_outputs=0 axis=1",
        "Slice x[1,3] a{0} b{9} c{1} d{0} -> y",
        "Slice x[1,3] a{5} b{9} c{1} -> y",
        "Gather x[1,3] k{3} -> y axis=1",
        "Gather x[1,3] k{-9223372036854775808} -> y axis=1",
        "Squeeze x[1,3] k{1} -> y",
        "Unsqueeze x[1,3] k{0,0} -> y",
        "Unsqueeze x[1,3] k{9} -> y",
        "Transpose x[1,3] -> y perm=0,0",
        "Transpose x[1,3] -> y perm=0,",
        "DepthToSpace x[1,4,2,2] -> y blocksize=0",
        "DepthToSpace x[1,4,2,2] -> y blocksize=2147483647",
        "SpaceToDepth x[1,4,2,2] -> y blocksize=-2",
        "ReduceMean x[1,3] k{7} -> y",
        "ReduceMean x[1,3] -> y axes=7,",
        "ArgMax x[1,3] -> y axis=-3",
        "Softmax x[1,3] -> y axis=2",
        "Clip x[1,3] a{0,1} -> y",
        "Cast x[1,3] -> y to=8",
        "Cast x[1,3] -> y to=4611686018427387904",
        "Dropout x[1,3] r(1) t{} -> y",
        "QuantizeLinear x[1,3] s{0.0} -> y",
        "DequantizeLinear q{1,2,3} s(2) -> y axis=0",
        "DequantizeLinear q{1,2,3} s(3) z{1,2} -> y axis=0",
        "LRN x[1,3,2] -> y size=0",
        "Reshape x[1,3] k{-1,-1} -> y",
        "Reshape x[1,3] k{4611686018427387904,4} -> y",
        "Mod x[1,3] z[1,3] -> y",
        "Div a{1} b{0} -> y"
      })
  void absurdNodes(String line) throws IOException {
    refused(Graphs.of(line), "");
  }

  /** Two steps: what the first computes is what the second asks for. */
  @Test
  void shapesThatAreComputed() throws IOException {
    refused(
        Graphs.of("Mul a{1048576} b{1048576} -> s", "ConstantOfShape s -> y"),
        "a constant of shape [1099511627776] has more than");
    String[] lines = new String[60];
    lines[0] = "Add k{1,1} l{1,1} -> v0";
    for (int i = 1; i < lines.length; i++) {
      lines[i] = "Concat v" + (i - 1) + " v" + (i - 1) + " -> v" + i + " axis=0";
    }
    // by its size or, where the heap is small, by that
    Path file = write(Graphs.of(lines));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(QuernException.class);
    refused(Graphs.of("Expand a{1} k{100} -> s", "Reshape x[1] s -> y"), "axes, the limit is 64");
  }

  /** Each of the constants is small enough; there are many. */
  @Test
  void manyConstants() throws IOException {
    String[] lines = new String[400];
    lines[0] = "ConstantOfShape k{8000000} -> v0";
    for (int i = 1; i < lines.length; i++) {
      lines[i] = "Identity v" + (i - 1) + " -> v" + i;
    }
    refused(Graphs.of(lines), "elements in all");
  }

  @Test
  void manyNodes() throws IOException {
    refused(chain(100_001, "Relu"), "more than 100000 nodes");
    refused(chain(50_000, "Relu"), "layers are more than the 10000");
    Path file = write(chain(9_000, "Relu"));
    Assertions.assertTimeoutPreemptively(
        QUICK, () -> assertThat(Onnx.load(file).network().nodes()).hasSize(9_000));
  }

  /** Names that are the same but for what is left out of them. */
  @Test
  void manyNodesOfOneName() throws IOException {
    ModelProto.Builder model = chain(9_000, "Abs");
    model.getGraphBuilder().getNodeBuilderList().forEach(n -> n.setName("n"));
    Path file = write(model);
    Assertions.assertTimeoutPreemptively(
        QUICK, () -> assertThat(Onnx.load(file).network().nodes()).hasSize(9_000));
  }

  @Test
  void manyOutputs() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    for (int i = 0; i < 1001; i++) {
      model.getGraphBuilder().addOutput(Graphs.port("y"));
    }
    refused(model, "more than 1000 inputs or outputs");
  }

  private static ModelProto.Builder chain(int nodes, String op) {
    ModelProto.Builder model = Graphs.of(op + " x[1,3] -> v0");
    for (int i = 1; i < nodes; i++) {
      model
          .getGraphBuilder()
          .addNode(NodeProto.newBuilder().setOpType(op).addInput("v" + (i - 1)).addOutput("v" + i));
    }
    return Graphs.withOutputs(model, "v" + (nodes - 1));
  }
}

package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.UnknownFieldSet;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.error.QuernException;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are broken, cut, absurd or malicious end in a typed error that says why. */
class HostileFilesTest {
  private static final Duration QUICK = Duration.ofSeconds(20);

  @TempDir Path dir;

  private Path write(byte[] content) throws IOException {
    return Files.write(dir.resolve("model.onnx"), content);
  }

  private Path write(ModelProto.Builder model) throws IOException {
    return write(model.build().toByteArray());
  }

  private void refused(ModelProto.Builder model, String why) throws IOException {
    Path file = write(model);
    Assertions.assertTimeoutPreemptively(
        QUICK,
        () ->
            assertThatThrownBy(() -> Onnx.load(file))
                .isInstanceOf(FormatException.class)
                .hasMessageContaining(why));
  }

  @Test
  void noModelAtAll() throws IOException {
    assertThatThrownBy(() -> Onnx.load(write(new byte[0])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it is empty");
    assertThatThrownBy(() -> Onnx.load(dir))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not a regular file");
    assertThatThrownBy(() -> Onnx.load(dir.resolve("none.onnx")))
        .isInstanceOf(NotFoundException.class);
    for (String text : List.of("x", "<html>", "a text of some length, which is no model\n", "{}")) {
      assertThatThrownBy(() -> Onnx.load(write(text.getBytes(StandardCharsets.UTF_8))))
          .as(text)
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("not an ONNX model");
    }
  }

  /** Whatever a download leaves. */
  @Test
  void cutAtEveryByte() throws IOException {
    byte[] whole =
        Graphs.of("Conv x[1,2,4,4] w(2,2,3,3) b(2) -> c", "Relu c -> y").build().toByteArray();
    int read = 0;
    for (int n = 0; n < whole.length; n++) {
      Path file = write(Arrays.copyOf(whole, n));
      Throwable thrown = catchThrowable(() -> Onnx.load(file));
      if (thrown == null) {
        read++;
      } else {
        assertThat(thrown).as("%s bytes", n).isInstanceOf(QuernException.class);
      }
    }
    // the graph ends before the list of operator sets does, which opset 1 would be without
    assertThat(read).isZero();
    assertThat(Onnx.load(write(whole)).network().nodes()).hasSize(2);
  }

  /** One flipped bit anywhere gives a typed error or another model. */
  @Test
  void everyBitFlipped() throws IOException {
    byte[] whole =
        Graphs.of("Gemm x[1,2] w(2,3) b(3) -> g transA=0", "Softmax g -> y axis=1")
            .build()
            .toByteArray();
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] other = whole.clone();
      other[bit / 8] ^= (byte) (1 << bit % 8);
      Path file = write(other);
      Throwable thrown = catchThrowable(() -> Onnx.load(file));
      if (thrown != null) {
        assertThat(thrown).as("bit %s", bit).isInstanceOf(QuernException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 5, 27, Long.MAX_VALUE})
  void opsetsThatAreNotRead(long opset) throws IOException {
    refused(Graphs.of(opset, "Relu x[1,3] -> y"), "its opset is " + opset);
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 13, 21, 26})
  void opsetsThatAreRead(long opset) throws IOException {
    for (long version : new long[] {3, 4, 8, 11}) {
      Path file = write(Graphs.of(opset, "Relu x[1,3] -> y").setIrVersion(version));
      assertThat(Onnx.load(file).network().nodes()).hasSize(1);
    }
  }

  @Test
  void operatorSetsThatNothingUses() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.addOpsetImportBuilder().setDomain("com.microsoft").setVersion(1);
    model.addOpsetImportBuilder().setDomain("ai.onnx.ml").setVersion(99);
    assertThat(Onnx.load(write(model)).network().nodes()).hasSize(1);
  }

  @Test
  void anotherDomain() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.getGraphBuilder().getNodeBuilder(0).setDomain("com.microsoft");
    refused(model, "Relu y: the operator is not read");
  }

  /** All of them at once, in the file's order; what hangs on them is not named again. */
  @Test
  void everyNodeThatCannotBeRead() throws IOException {
    ModelProto.Builder model =
        Graphs.of(
            "NonZero x[1,3] -> a",
            "Add a a -> b",
            "Relu x -> c",
            "Frobnicate c -> d",
            "Reshape c k{7,7} -> e",
            "Concat b d e -> y axis=0");
    model.getGraphBuilder().getNodeBuilder(3).setName("frob");
    Path file = write(model);
    ImportException e = Assertions.assertThrows(ImportException.class, () -> Onnx.load(file));
    assertThat(e.refused())
        .extracting(ImportException.Refused::node, ImportException.Refused::operator)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("a", "NonZero"),
            org.assertj.core.groups.Tuple.tuple("frob", "Frobnicate"),
            org.assertj.core.groups.Tuple.tuple("e", "Reshape"));
    assertThat(e.refused().get(2).why()).isEqualTo("[1, 3] cannot become [7, 7]");
    assertThat(e).hasMessageContaining("3 nodes cannot be read").hasMessageContaining("NonZero a");
  }

  @Test
  void graphsThatAreNone() throws IOException {
    refused(Graphs.of("Add x[1,3] z -> y"), "reads \"z\", which nothing before it makes");
    refused(Graphs.of("Relu b -> a", "Relu a -> b"), "which nothing before it makes");
    refused(Graphs.of("Relu y -> y"), "which nothing before it makes");
    refused(
        Graphs.withOutputs(Graphs.of("Relu x[1,3] -> a", "Exp x -> a"), "a"),
        "makes \"a\", which is there already");
    refused(Graphs.of("Relu x[1,3] -> w", "Add w w(3) -> y"), "there already");
    refused(Graphs.withOutputs(Graphs.of("Relu x[1,3] -> y"), "q"), "nothing makes it");
    assertThatThrownBy(() -> Onnx.load(write(Graphs.withOutputs(Graphs.of("Relu x[1,3] -> y")))))
        .isInstanceOf(QuernException.class);
    refused(ModelProto.newBuilder().setIrVersion(8), "it has no graph");
  }

  @Test
  void typesOfInputs() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model
        .getGraphBuilder()
        .getInputBuilder(0)
        .getTypeBuilder()
        .getTensorTypeBuilder()
        .setElemType(8);
    refused(model, "input \"x\" is of string");
  }

  @Test
  void strings() throws IOException {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y");
    model
        .getGraphBuilder()
        .setInitializer(
            0,
            TensorProto.newBuilder()
                .setName("w")
                .setDataType(8)
                .addDims(1)
                .addStringData(ByteString.copyFromUtf8("a")));
    refused(model, "tensor w is of string");
  }

  @Test
  void sparseTensors() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    model.getGraphBuilder().addSparseInitializerBuilder();
    refused(model, "sparse tensors");
    ModelProto.Builder node = Graphs.of("Constant -> y");
    node.getGraphBuilder()
        .getNodeBuilder(0)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("sparse_value")
                .setType(AttributeProto.AttributeType.SPARSE_TENSOR));
    refused(node, "a constant of [sparse_value]");
  }

  /** Branches are graphs of their own. */
  @Test
  void graphsAsAttributes() throws IOException {
    ModelProto.Builder model = Graphs.of("If x[1] -> y");
    model
        .getGraphBuilder()
        .getNodeBuilder(0)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("then_branch")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.getDefaultInstance()));
    refused(model, "If y: the operator is not read");
    ModelProto.Builder odd = Graphs.of("Softmax x[1,3] -> y");
    odd.getGraphBuilder()
        .getNodeBuilder(0)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.getDefaultInstance()));
    refused(odd, "attribute axis is not a whole number");
  }

  @Test
  void tensorsThatDoNotFillTheirShapes() throws IOException {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y");
    TensorProto w = model.getGraph().getInitializer(0);
    for (long[] dims :
        new long[][] {
          {4}, {2}, {0}, {-3}, {3, 1L << 40}, {1L << 32, 1L << 32}, {Long.MAX_VALUE, 2}, {-1, -3}
        }) {
      TensorProto.Builder other = w.toBuilder().clearDims();
      Arrays.stream(dims).forEach(other::addDims);
      model.getGraphBuilder().setInitializer(0, other);
      refused(model, "tensor w has ");
    }
    TensorProto.Builder listed = w.toBuilder().clearRawData().addFloatData(1).addFloatData(2);
    model.getGraphBuilder().setInitializer(0, listed);
    refused(model, "tensor w lists 2 numbers, its shape needs 3");
    TensorProto.Builder many = w.toBuilder();
    for (int i = 0; i < 100; i++) {
      many.addDims(1);
    }
    model.getGraphBuilder().setInitializer(0, many);
    refused(model, "tensor w has 101 axes");
  }

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
    refused(Graphs.of("Expand a{1} k{100} -> s", "Reshape x[1] s -> y"), "axes, more than 64");
  }

  /** Each of the constants is small enough; there are many. */
  @Test
  void manyConstants() throws IOException {
    String[] lines = new String[400];
    lines[0] = "ConstantOfShape k{8000000} -> v0";
    for (int i = 1; i < lines.length; i++) {
      lines[i] = "Identity v" + (i - 1) + " -> v" + i;
    }
    refused(Graphs.of(lines), "in all are computed");
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

  /** Messages in messages in messages. */
  @Test
  void deepNesting() throws IOException {
    GraphProto graph = GraphProto.getDefaultInstance();
    for (int i = 0; i < 300; i++) {
      AttributeProto.Builder a = AttributeProto.newBuilder().setName("g").setG(graph);
      graph = GraphProto.newBuilder().addNode(NodeProto.newBuilder().addAttribute(a)).build();
    }
    refused(ModelProto.newBuilder().setGraph(graph), "not an ONNX model");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (int i = 0; i < 100_000; i++) {
      out.writeTag(99, 3); // a group begins
    }
    out.flush();
    Path file = write(bytes.toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("not an ONNX model");
  }

  /** Fields that no version of the format has are passed over. */
  @Test
  void fieldsOfTheFuture() throws IOException {
    ModelProto.Builder model = Graphs.of("Add x[1,3] w(3) -> y");
    UnknownFieldSet future =
        UnknownFieldSet.newBuilder()
            .addField(
                5000,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(7)
                    .addLengthDelimited(ByteString.copyFromUtf8("x"))
                    .build())
            .build();
    model.setUnknownFields(future);
    model.getGraphBuilder().setUnknownFields(future);
    model.getGraphBuilder().getInitializerBuilder(0).setUnknownFields(future);
    model.getGraphBuilder().getNodeBuilder(0).setUnknownFields(future);
    assertThat(Onnx.load(write(model)).network().nodes()).isNotEmpty();
  }

  @Test
  void namesOfAnyKind() throws IOException {
    ModelProto.Builder model = Graphs.of("Relu x[1,3] -> y");
    for (String name :
        List.of("", "a/b:0", "..", "\u0000", "ü😀", "a".repeat(100_000), " ", "input")) {
      model
          .getGraphBuilder()
          .setName(name)
          .getNodeBuilder(0)
          .setName(name)
          .setOutput(0, name + "y");
      Graphs.withOutputs(model, name + "y");
      model.getGraphBuilder().setInput(0, Graphs.port(name + "x", 1, 3));
      model.getGraphBuilder().getNodeBuilder(0).setInput(0, name + "x");
      assertThat(Onnx.load(write(model)).network().nodes()).as(name).hasSize(1);
    }
  }
}

package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.quern.error.QuernException;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Nodes, values and tensors that cannot be end in a typed error that names them. */
class HostileGraphsTest extends HostileFolder {
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
            Tuple.tuple("a", "NonZero"),
            Tuple.tuple("frob", "Frobnicate"),
            Tuple.tuple("e", "Reshape"));
    assertThat(e.refused().get(2).why()).isEqualTo("[1, 3] cannot be reshaped to [7, 7]");
    assertThat(e)
        .hasMessageContaining("3 nodes are not supported")
        .hasMessageContaining("NonZero a");
  }

  @Test
  void graphsThatAreNone() throws IOException {
    refused(Graphs.of("Add x[1,3] z -> y"), "reads \"z\", which no earlier node computes");
    refused(Graphs.of("Relu b -> a", "Relu a -> b"), "which no earlier node computes");
    refused(Graphs.of("Relu y -> y"), "which no earlier node computes");
    refused(
        Graphs.withOutputs(Graphs.of("Relu x[1,3] -> a", "Exp x -> a"), "a"),
        "computes \"a\", which an earlier node computes already");
    refused(
        Graphs.of("Relu x[1,3] -> w", "Add w w(3) -> y"), "which an earlier node computes already");
    refused(Graphs.withOutputs(Graphs.of("Relu x[1,3] -> y"), "q"), "no node computes it");
    assertThatThrownBy(() -> Onnx.load(write(Graphs.withOutputs(Graphs.of("Relu x[1,3] -> y")))))
        .isInstanceOf(QuernException.class);
    refused(ModelProto.newBuilder().setIrVersion(8), "it lacks a graph");
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
    refused(model, "input \"x\" has type string");
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
    refused(model, "tensor w has type string");
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
    refused(model, "If y: the condition (input 0) is computed by the network");
    ModelProto.Builder odd = Graphs.of("Softmax x[1,3] -> y");
    odd.getGraphBuilder()
        .getNodeBuilder(0)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("axis")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(GraphProto.getDefaultInstance()));
    refused(odd, "attribute axis is not an integer");
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
    refused(model, "tensor w lists 2 numbers, its shape requires 3");
    TensorProto.Builder many = w.toBuilder();
    for (int i = 0; i < 100; i++) {
      many.addDims(1);
    }
    model.getGraphBuilder().setInitializer(0, many);
    refused(model, "tensor w has 101 axes");
  }
}

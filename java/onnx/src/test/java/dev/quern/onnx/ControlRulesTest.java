package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.TensorProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** If with a condition that is known at import, judged by ONNX Runtime. */
class ControlRulesTest {
  @TempDir Path dir;

  /** A branch of nodes in the words of {@link Graphs}; values of the graph around it are known. */
  private static GraphProto branch(String... lines) {
    return Graphs.of(lines).getGraph().toBuilder().clearInput().build();
  }

  private static AttributeProto graph(String name, GraphProto g) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(g).build();
  }

  private static NodeProto.Builder node(GraphProto then, GraphProto otherwise) {
    return NodeProto.newBuilder()
        .setOpType("If")
        .setName("choice")
        .addInput("condition")
        .addOutput("y")
        .addAttribute(graph("then_branch", then))
        .addAttribute(graph("else_branch", otherwise));
  }

  private static TensorProto truth(boolean value) {
    return TensorProto.newBuilder()
        .setName("condition")
        .setDataType(TensorProto.DataType.BOOL_VALUE)
        .setRawData(ByteString.copyFrom(new byte[] {(byte) (value ? 1 : 0)}))
        .build();
  }

  /** Relu x -> a, then y by the node; its inner graphs read a. */
  private static ModelProto.Builder model(NodeProto.Builder node) {
    ModelProto.Builder model = Graphs.of("Relu x[1,3,4] -> a");
    model.getGraphBuilder().addNode(node).clearOutput().addOutput(Graphs.port("y", 1, 3, 4));
    return model;
  }

  private static ModelProto.Builder model(boolean condition, GraphProto then, GraphProto other) {
    ModelProto.Builder model = model(node(then, other));
    model.getGraphBuilder().addInitializer(truth(condition));
    return model;
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theConditionSelectsABranch(boolean condition) {
    GraphProto then = branch("Exp a -> e", "Mul e w(4) -> t");
    GraphProto other = branch("Neg a -> n");
    assertThat(Judge.agree(dir, model(condition, then, other)).network().nodes())
        .extracting(n -> n.layer().type())
        .contains(condition ? "exp" : "affine")
        .doesNotContain(condition ? "affine" : "exp");
  }

  /** A test of a shape, as PyTorch's exporter writes it for squeeze. */
  @Test
  void aConditionOfAShapeIsFolded() {
    GraphProto then = branch("Identity a -> t");
    GraphProto other = branch("Sigmoid a -> n");
    ModelProto.Builder model =
        Graphs.of("Relu x[1,3,4] -> a", "Shape a -> s", "Gather s k{1} -> g", "Equal g k3{3} -> q");
    NodeProto.Builder node = node(then, other).clearInput().addInput("q");
    model.getGraphBuilder().addNode(node).clearOutput().addOutput(Graphs.port("y", 1, 3, 4));
    assertThat(Judge.agree(dir, model).network().nodes()).hasSize(1);
  }

  @Test
  void branchesMayHaveBranches() {
    GraphProto inner =
        GraphProto.newBuilder()
            .setName("inner")
            .addNode(
                node(branch("Exp a -> e"), branch("Neg a -> n")).clearOutput().addOutput("deep"))
            .addOutput(Graphs.port("deep", 1, 3, 4))
            .build();
    assertThat(Judge.agree(dir, model(true, inner, branch("Tanh a -> t"))).network().nodes())
        .hasSize(2);
  }

  @Test
  void saysWhatIsNotSupported() throws IOException {
    NodeProto.Builder node = node(branch("Exp a -> e"), branch("Neg a -> n"));
    ModelProto.Builder computed = model(node.clone().clearInput().addInput("a"));
    refused(computed, "the condition (input 0) is computed by the network");
    refused(model(true, branch("Other a -> e"), branch("Neg a -> n")), "Other e: the operator");
    ModelProto.Builder missing = model(node.removeAttribute(0));
    missing.getGraphBuilder().addInitializer(truth(true));
    refused(missing, "the branch for true is missing");
    refused(model(true, branch("Exp q -> e"), branch("Neg a -> n")), "no earlier node computes");
  }

  private void refused(ModelProto.Builder model, String why) throws IOException {
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(why);
  }
}

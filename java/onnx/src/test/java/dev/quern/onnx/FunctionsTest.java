package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.network.Network;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.FunctionProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions of a file, judged by ONNX Runtime. */
class FunctionsTest {
  @TempDir Path dir;

  /** In the words of {@link Graphs}; an attribute {@code alpha=@a} is the caller's {@code a}. */
  private static FunctionProto.Builder function(
      String name, List<String> in, List<String> out, String... lines) {
    FunctionProto.Builder f = FunctionProto.newBuilder().setDomain("own").setName(name);
    f.addAllInput(in).addAllOutput(out);
    f.addOpsetImportBuilder().setVersion(17);
    f.addOpsetImportBuilder().setDomain("own").setVersion(1);
    for (NodeProto n : Graphs.of(lines).getGraph().getNodeList()) {
      NodeProto.Builder node = n.toBuilder();
      for (AttributeProto.Builder a : node.getAttributeBuilderList()) {
        String text = a.getS().toStringUtf8();
        if (text.startsWith("@")) {
          a.clearS().setType(AttributeType.FLOAT).setRefAttrName(text.substring(1));
        }
      }
      f.addNode(node);
    }
    return f;
  }

  private static ModelProto.Builder model(String nodes, FunctionProto.Builder... functions) {
    ModelProto.Builder model = Graphs.of(nodes.split(" ; "));
    for (FunctionProto.Builder f : functions) {
      model.addFunctions(f);
    }
    return model;
  }

  private void refused(ModelProto.Builder model, String why) throws IOException {
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  /** Each call has values of its own, inner names that the graph has, too, and an inner call. */
  @Test
  void callsOfOneFunction() {
    FunctionProto.Builder inner =
        function("Sharp", List.of("v"), List.of("w"), "LeakyRelu v -> t alpha=@slope", "Exp t -> w")
            .addAttribute("slope");
    FunctionProto.Builder block =
        function(
            "Block",
            List.of("x", "k"),
            List.of("y", "half"),
            "Conv x k -> t pads=1,1,1,1",
            "own.Sharp t -> u slope=0.25",
            "Tanh u -> y",
            "Sigmoid u -> half");
    ModelProto.Builder model =
        model(
            "Relu x[2,3,5,4] -> t ; own.Block t a(3,3,3,3) -> p q ;"
                + " own.Block p b(3,3,3,3) -> r s ; Add r q -> y",
            inner,
            block);
    Network network = Judge.agree(dir, model).network();
    assertThat(network.nodes().stream().filter(n -> n.layer() instanceof LeakyRelu))
        .hasSize(2)
        .allMatch(n -> n.layer().equals(new LeakyRelu(0.25f)));
    assertThat(network.outputs()).containsExactly("y");
  }

  /** Attributes with a default, without one, and omitted inputs. */
  @Test
  void whatACallLeavesOut() {
    FunctionProto.Builder f =
        function(
            "Bounded",
            List.of("x", "low", "high"),
            List.of("y"),
            "Elu x -> e alpha=@a",
            "LeakyRelu e -> l alpha=@b",
            "Clip l low high -> y");
    f.addAttribute("b");
    f.addAttributeProtoBuilder().setName("a").setType(AttributeType.FLOAT).setF(0.75f);
    ModelProto.Builder model =
        model(
            "own.Bounded x[1,3,7] -> p ; own.Bounded p _ high -> q a=0.5 b=0.125 ;"
                + " own.Bounded q low high -> y b=0.5",
            f);
    model.getGraphBuilder().addInitializer(Graphs.floats("high", new long[0], 0.5f));
    model.getGraphBuilder().addInitializer(Graphs.floats("low", new long[0], -0.25f));
    Judge.agree(dir, model);
  }

  /** Names of the function inside the branch of an If, and a call inside one. */
  @Test
  void branches() {
    GraphProto then = Graphs.of("own.Twice t -> z").getGraph().toBuilder().clearInput().build();
    NodeProto choice =
        NodeProto.newBuilder()
            .setOpType("If")
            .addInput("c")
            .addOutput("y")
            .addAttribute(branch("then_branch", then))
            .addAttribute(branch("else_branch", Graphs.of("Neg t -> z").getGraph()))
            .build();
    FunctionProto.Builder chosen =
        function("Chosen", List.of("x", "c"), List.of("y"), "Tanh x -> t").addNode(choice);
    FunctionProto.Builder twice = function("Twice", List.of("v"), List.of("w"), "Add v v -> w");
    ModelProto.Builder model = model("Relu x[1,3] -> t ; own.Chosen x c -> y", chosen, twice);
    model
        .getGraphBuilder()
        .addInitializer(
            Graphs.bytes("c", false, new long[0], 1).toBuilder().setDataType(9)); // bool
    Judge.agree(dir, model);
  }

  private static AttributeProto branch(String name, GraphProto g) {
    return AttributeProto.newBuilder().setName(name).setType(AttributeType.GRAPH).setG(g).build();
  }

  /** ONNX Runtime aborts the process. */
  @Test
  void anOutputThatACallLeavesOut() throws IOException {
    FunctionProto.Builder f =
        function("F", List.of("x"), List.of("y", "z"), "Relu x -> z", "Exp z -> y");
    Path file =
        Files.write(dir.resolve("model.onnx"), model("own.F x[1,3] -> y", f).build().toByteArray());
    assertThat(Onnx.load(file).network().nodes())
        .extracting(n -> n.layer().type())
        .containsExactly("relu", "exp");
  }

  /** ONNX Runtime refuses it. */
  @Test
  void aFunctionThatReturnsItsInput() throws IOException {
    FunctionProto.Builder f =
        function("Same", List.of("x"), List.of("x", "y"), "Relu x -> y", "Exp y -> unused");
    ModelProto.Builder model = model("own.Same x[1,3] -> a b ; Sub a b -> y", f);
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    assertThat(Onnx.load(file).network().nodes())
        .extracting(n -> n.layer().type())
        .containsExactly("relu", "subtract");
  }

  @Test
  void hostileCalls() throws IOException {
    refused(
        model(
            "own.A x[1,3] -> y",
            function("A", List.of("x"), List.of("y"), "own.B x -> y"),
            function("B", List.of("x"), List.of("y"), "own.A x -> y")),
        "calls are more than 50 deep");
    FunctionProto.Builder[] bomb = new FunctionProto.Builder[40];
    for (int i = 0; i < bomb.length; i++) {
      String next = i + 1 == bomb.length ? "Relu" : "own.F" + (i + 1);
      bomb[i] = function("F" + i, List.of("x"), List.of("y"), next + " x -> t", next + " t -> y");
    }
    refused(model("own.F0 x[1,3] -> y", bomb), "with its functions, the graph has more than");
    assertThatThrownBy(
            () ->
                Judge.agree(
                    dir,
                    model(
                        "own.F x[1,3] -> y",
                        function("F", List.of("x"), List.of("y"), "Relu q -> y"))))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("which no earlier node computes");
  }
}

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
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loops whose number of iterations is known at import, judged by ONNX Runtime. */
class LoopTest {
  @TempDir Path dir;

  private static ValueInfoProto typed(ValueInfoProto port, int type) {
    ValueInfoProto.Builder typed = port.toBuilder();
    typed.getTypeBuilder().getTensorTypeBuilder().setElemType(type).getShapeBuilder();
    return typed.build();
  }

  /** A body in the words of {@link Graphs}, of inputs i, c and these, and of these outputs. */
  private static GraphProto body(List<String> states, List<String> outputs, String... lines) {
    GraphProto.Builder g = Graphs.of(lines).getGraph().toBuilder().clearInput().clearOutput();
    g.addInput(typed(Graphs.port("i"), 7));
    g.addInput(typed(Graphs.port("c"), 9));
    states.forEach(s -> g.addInput(Graphs.port(s)));
    g.addOutput(typed(Graphs.port(outputs.get(0)), 9));
    outputs.subList(1, outputs.size()).forEach(o -> g.addOutput(Graphs.port(o)));
    return g.build();
  }

  private static NodeProto.Builder loop(GraphProto body, List<String> in, List<String> out) {
    return NodeProto.newBuilder()
        .setOpType("Loop")
        .setName("loop")
        .addAllInput(in)
        .addAllOutput(out)
        .addAttribute(
            AttributeProto.newBuilder().setName("body").setType(AttributeType.GRAPH).setG(body));
  }

  private static TensorProto number(String name, int type, long value) {
    byte[] raw = new byte[type == 9 ? 1 : 8];
    raw[0] = (byte) value;
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type)
        .setRawData(ByteString.copyFrom(raw))
        .build();
  }

  /** Relu x -> a, a loop, and y of its last and collected values. */
  private static ModelProto.Builder model(NodeProto.Builder loop, String... after) {
    ModelProto.Builder model = Graphs.of("Relu x[1,3,4] -> a");
    GraphProto.Builder g = model.getGraphBuilder().addNode(loop);
    GraphProto rest = Graphs.of(after).getGraph();
    g.addAllNode(rest.getNodeList()).addAllInitializer(rest.getInitializerList());
    g.addInitializer(number("none", 7, 0)).addInitializer(number("three", 7, 3));
    g.addInitializer(number("many", 7, 200)).addInitializer(number("yes", 9, 1));
    g.addInitializer(Graphs.floats("zero", new long[] {1}, 0));
    return Graphs.withOutputs(model, "y");
  }

  /** Adds to s, counts in n, and collects products. */
  private static GraphProto sums(String condition, String... more) {
    String[] lines = {"Mul s w(4) -> u", "Add u a -> t", "Add n one{1.0} -> m", "Mul t m -> e"};
    return body(
        List.of("s", "n"),
        List.of(condition, "t", "m", "e"),
        Stream.of(lines, more).flatMap(Stream::of).toArray(String[]::new));
  }

  private static final List<String> OUT = List.of("last", "count", "all");

  private static final String[] AFTER = {
    "ReduceSum all k{0} -> b keepdims=0", "Add b last -> d", "Mul d count -> y"
  };

  @Test
  void carriedAndCollectedValues() {
    NodeProto.Builder loop = loop(sums("c"), List.of("three", "yes", "a", "zero"), OUT);
    assertThat(Judge.agree(dir, model(loop, AFTER)).network().nodes())
        .extracting(n -> n.layer().type())
        .contains("concat")
        .filteredOn("add"::equals)
        .hasSizeGreaterThanOrEqualTo(4);
  }

  /** As long as its counter is below 2.5. */
  @Test
  void aConditionOfConstants() {
    GraphProto body = sums("below", "Less m limit{2.5} -> b1", "Squeeze b1 -> below");
    Judge.agree(dir, model(loop(body, List.of("", "yes", "a", "zero"), OUT), AFTER));
    Judge.agree(dir, model(loop(body, List.of("many", "", "a", "zero"), OUT), AFTER));
  }

  @Test
  void noIteration() {
    NodeProto.Builder loop = loop(sums("c"), List.of("none", "yes", "a", "zero"), OUT);
    Judge.agree(dir, model(loop, "Add last count -> y"));
  }

  @Test
  void loopsWithinLoops() {
    NodeProto.Builder inner = loop(sums("c"), List.of("three", "yes", "v", "zero"), OUT);
    GraphProto outer =
        body(List.of("v"), List.of("c", "r", "all"), "Tanh last -> r").toBuilder()
            .clearNode()
            .addNode(inner)
            .addNode(Graphs.of("Tanh last -> r").getGraph().getNode(0))
            .build();
    NodeProto.Builder loop = loop(outer, List.of("three", "", "a"), List.of("out", "each"));
    Judge.agree(dir, model(loop, "ReduceMax each -> greatest keepdims=0", "Mul out greatest -> y"));
  }

  private void refused(NodeProto.Builder loop, String why) throws IOException {
    ModelProto.Builder model = model(loop, "Add last count -> y");
    Path file = Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusals() throws IOException {
    List<String> out = List.of("last", "count");
    refused(loop(sums("c"), List.of("a", "yes", "a", "zero"), out), "the trip count");
    refused(loop(sums("c"), List.of("three", "a", "a", "zero"), out), "the condition");
    refused(loop(sums("c"), List.of("", "", "a", "zero"), out), "neither a trip count nor");
    refused(loop(sums("c"), List.of("", "yes", "a", "zero"), out), "more than 10000 nodes");
    refused(loop(sums("c"), List.of("three", "yes", "a"), out), "do not match its own");
    refused(
        loop(
            sums("q", "ReduceSum e -> r", "Cast r -> q to=9"),
            List.of("three", "", "a", "zero"),
            out),
        "computed by the network");
    refused(
        loop(sums("c"), List.of("three", "yes", "a", "zero"), out).clearAttribute(),
        "attribute body is missing");
    NodeProto.Builder inner = loop(sums("c"), List.of("many", "yes", "v", "zero"), out);
    GraphProto outer =
        body(List.of("v", "n"), List.of("c", "last", "count")).toBuilder()
            .clearNode()
            .addNode(inner)
            .build();
    refused(loop(outer, List.of("many", "", "a", "zero"), out), "more than 10000 nodes");
  }
}

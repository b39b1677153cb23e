package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.AttributeProto.AttributeType;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scan at import and in a session, judged by ONNX Runtime. */
class ScanTest {
  @TempDir Path dir;

  /** State s and slices u and v give the next state t and the slice e. */
  private static GraphProto body() {
    GraphProto.Builder g =
        Graphs.of("Mul s w(4) -> m", "Add m u -> n", "Tanh n -> t", "Sub t v -> e")
            .getGraph()
            .toBuilder()
            .clearInput()
            .clearOutput();
    List.of("s", "u", "v").forEach(s -> g.addInput(Graphs.port(s)));
    List.of("t", "e").forEach(s -> g.addOutput(Graphs.port(s)));
    return g.build();
  }

  private static NodeProto.Builder scan(String first, String second) {
    return NodeProto.newBuilder()
        .setOpType("Scan")
        .addAllInput(List.of("zero", first, second))
        .addAllOutput(List.of("last", "all"))
        .addAttribute(
            AttributeProto.newBuilder().setName("body").setType(AttributeType.GRAPH).setG(body()))
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("num_scan_inputs")
                .setType(AttributeType.INT)
                .setI(2));
  }

  private static AttributeProto numbers(String name, long... values) {
    AttributeProto.Builder a =
        AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
    for (long v : values) {
      a.addInts(v);
    }
    return a.build();
  }

  private static ModelProto.Builder model(String before, NodeProto.Builder scan) {
    ModelProto.Builder model = Graphs.of(before.split(" ; "));
    GraphProto.Builder g = model.getGraphBuilder().addNode(scan);
    g.addInitializer(Graphs.floats("zero", new long[] {1, 4}, 0.5f, 0, -0.5f, 1));
    return Graphs.withOutputs(model, "all", "last");
  }

  @Test
  void slicesOfAnAxis() {
    NodeProto.Builder scan = scan("a", "b").addAttribute(numbers("scan_input_axes", 1, 1));
    ModelProto.Builder model = model("Relu x[1,3,4] -> a ; Sigmoid x -> b", scan);
    assertThat(Judge.agree(dir, model).network().nodes())
        .extracting(n -> n.layer().type())
        .filteredOn("tanh"::equals)
        .hasSize(3);
  }

  @Test
  void directionsAndAxes() {
    NodeProto.Builder scan =
        scan("a", "b")
            .addAttribute(numbers("scan_input_axes", 1, -1))
            .addAttribute(numbers("scan_input_directions", 1, 0))
            .addAttribute(numbers("scan_output_axes", 1))
            .addAttribute(numbers("scan_output_directions", 1));
    Judge.agree(dir, model("Relu x[1,3,4] -> a ; Transpose x -> b perm=0,2,1", scan));
  }

  /** As many slices as there are rows above 0. */
  @Test
  void asManySlicesAsComputed() throws Exception {
    ModelProto.Builder model =
        model(
            "Slice x[1,9,4] sa{0} sb{1} sc{2} -> most ; Greater most f{0.3} -> above ; NonZero above -> at ;"
                + " Transpose at -> rows perm=1,0 ; Slice rows st{0} en{2} ax{1} -> two ;"
                + " GatherND x two -> a ; Neg a -> b",
            scan("a", "b").addAttribute(numbers("scan_input_directions", 0, 1)));
    long[] image = {1, 9, 4};
    SessionJudge.agree(dir, model, image, image, image);
  }
}

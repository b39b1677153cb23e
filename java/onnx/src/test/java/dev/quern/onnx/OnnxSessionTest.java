package dev.quern.onnx;

import static dev.quern.onnx.SessionJudge.outputs;
import static dev.quern.onnx.SessionJudge.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.onnx.proto.OnnxProto.AttributeProto;
import dev.quern.onnx.proto.OnnxProto.GraphProto;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import dev.quern.onnx.proto.OnnxProto.NodeProto;
import dev.quern.onnx.proto.OnnxProto.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Graphs whose sizes depend on data; ONNX Runtime judges the results. */
class OnnxSessionTest {
  private static final int BOOL = 9;

  @TempDir private Path dir;

  /** A convolution, then the places and values of its positive results. */
  private static final String[] POSITIVE = {
    "Conv x[1,2,6,6] w(4,2,3,3) -> y pads=1,1,1,1",
    "Add y f1{-3.0} -> shifted",
    "Greater shifted f2{0.0} -> yes",
    "NonZero yes -> at",
    "Transpose at -> rows perm=1,0",
    "GatherND shifted rows -> values"
  };

  private Path written(ModelProto.Builder model) throws IOException {
    return Files.write(dir.resolve("model.onnx"), model.build().toByteArray());
  }

  private OnnxSession session(String... lines) throws IOException {
    return Onnx.session(written(Graphs.of(lines)));
  }

  private void agree(ModelProto.Builder model, long[]... inputs) throws Exception {
    SessionJudge.agree(dir, model, inputs);
  }

  @Test
  void sizesDependOnData() throws Exception {
    long[] image = {1, 2, 6, 6};
    agree(outputs(Graphs.of(POSITIVE), "int64 at", "values", "shifted"), image, image, image);
  }

  /** Rows that were found go through layers; their number differs, and may be 0. */
  @Test
  void networksReadAnyNumberOfRows() throws Exception {
    ModelProto.Builder model =
        Graphs.of(
            "ReduceMax x[0,6] -> most axes=1, keepdims=0",
            "Greater most f1{1.5} -> yes",
            "NonZero yes -> at",
            "Squeeze at k1{0} -> rows",
            "Gather x rows -> chosen axis=0",
            "Gemm chosen w(6,5) b(5) -> hidden",
            "Relu hidden -> positive",
            "Gemm positive w2(5,3) b2(3) -> scores",
            "Softmax scores -> p axis=1",
            "TopK p k2{2} -> best classes axis=1");
    model = outputs(model, "int64 rows", "p", "best", "int64 classes");
    long[] all = {40, 6};
    agree(model, all, all, new long[] {17, 6}, new long[] {70, 6}, all);
    // ONNX Runtime takes the JVM down if no row is chosen
    for (boolean again : new boolean[] {false, true}) {
      try (OnnxSession s = Onnx.session(written(model))) {
        if (again) {
          s.run(Map.of("x", OnnxTensor.of(all, values(all, 1))));
        }
        for (int rows : new int[] {0, 3}) {
          long[] dims = {rows, 6};
          Map<String, OnnxTensor> none =
              s.run(Map.of("x", OnnxTensor.of(dims, new float[6 * rows])));
          assertThat(none.get("rows").shape()).containsExactly(0);
          assertThat(none.get("p").shape()).containsExactly(0, 3);
          assertThat(none.get("classes").shape()).containsExactly(0, 2);
        }
      }
    }
  }

  @Test
  void suppressesBoxes() throws Exception {
    for (String centers : List.of("", " center_point_box=1")) {
      ModelProto.Builder model =
          Graphs.of(
              "Abs x[2,30,4] -> boxes",
              "ReduceSum x k1{2} -> sums keepdims=0",
              "Unsqueeze sums k2{1} -> one",
              "Concat one one -> scores axis=1",
              "NonMaxSuppression boxes scores k3{7} f1{0.3} f2{-1.0} -> kept" + centers);
      agree(outputs(model, "int64 kept"), new long[] {2, 30, 4}, new long[] {2, 30, 4});
    }
  }

  @Test
  void resizesToSizesThatDependOnData() throws Exception {
    long[] x = {1, 1, 5, 7};
    for (String mode : List.of("linear", "cubic", "nearest")) {
      String resize = "Resize x _ _ size -> y mode=" + mode;
      String size = "Concat ik{1,1} n -> size axis=0";
      agree(Graphs.of("NonZero x[1,1,5,7] -> at", "Shape at -> n", size, resize), x, x);
    }
  }

  @Test
  void alignsRegions() throws Exception {
    for (String options :
        List.of(
            "output_height=3 output_width=2 sampling_ratio=2 spatial_scale=0.5",
            "output_height=2 output_width=2 sampling_ratio=0",
            "output_height=2 output_width=3 coordinate_transformation_mode=output_half_pixel",
            "output_height=2 output_width=2 mode=max sampling_ratio=2")) {
      ModelProto.Builder model =
          Graphs.of(
              "Reshape f1{0,0,8,9,-4,-3,2.5,3,1.2,2.7,6.1,8.4,5,5,12,13,3,3,3,3} k1{5,4} -> five",
              "Add five f2{0.0} -> boxes",
              "RoiAlign x[2,3,9,8] boxes k2{0,1,0,1,1} -> y " + options);
      agree(model, new long[] {2, 3, 9, 8}, new long[] {2, 3, 9, 8});
    }
  }

  /**
   * As in RAFT: a network for both images, correlations of each pixel as images, samples of them.
   */
  @Test
  void networksForSeveralBatches() throws Exception {
    ModelProto.Builder model =
        Graphs.of(
            "Mul x[1,2,6,4] f1{0.5} -> other",
            "Concat x other -> both axis=0",
            "Conv both w(4,2,3,3) -> features pads=1,1,1,1",
            "Relu features -> positive",
            "Split positive ii{1,1} -> a b axis=0",
            "Reshape a ij{1,4,24} -> left",
            "Transpose left -> rows perm=0,2,1",
            "Reshape b ik{1,4,24} -> right",
            "MatMul rows right -> all",
            "Reshape all il{24,1,6,4} -> correlation",
            "AveragePool correlation -> small kernel_shape=2,2 strides=2,2",
            "Conv x v(2,2,1,1) -> flow",
            "Transpose flow -> last perm=0,2,3,1",
            "Reshape last im{24,1,1,2} -> grid",
            "GridSample small grid -> sampled align_corners=1",
            "Reshape sampled in{1,1,6,4} -> image",
            "Conv image u(3,1,3,3) -> y pads=1,1,1,1");
    agree(outputs(model, "y", "small"), new long[] {1, 2, 6, 4}, new long[] {1, 2, 6, 4});
  }

  @Test
  void picksAndWritesElements() throws Exception {
    ModelProto.Builder model =
        Graphs.of(
            "TopK x[4,6] k{6} -> sorted order axis=1 largest=0",
            "GatherElements x order -> again axis=1",
            "ScatterElements x order again -> spread axis=1",
            "ArgMax x -> most axis=1 keepdims=0",
            "ArgMin x -> least axis=0 select_last_index=1");
    agree(
        outputs(model, "sorted", "int64 order", "again", "spread", "int64 most", "int64 least"),
        new long[] {4, 6});
  }

  @Test
  void loadSaysWhoComputesIt() throws Exception {
    Path file = written(Graphs.of(POSITIVE));
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("NonZero at:")
        .hasMessageContaining("OnnxSession computes it");
  }

  @Test
  void reportsWhatCannotBeComputed() throws Exception {
    try (OnnxSession s = session(POSITIVE)) {
      OnnxTensor x = OnnxTensor.of(new long[] {1, 2, 6, 6}, new float[72]);
      assertThatThrownBy(() -> s.run(Map.of()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("input \"x\" is missing");
      assertThatThrownBy(() -> s.run(Map.of("x", x, "z", x)))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("unknown input \"z\"");
      assertThatThrownBy(() -> s.run(Map.of("x", OnnxTensor.of(new long[] {1}, 1f))))
          .isInstanceOf(ShapeException.class)
          .hasMessageContaining("[1, 2, 6, 6], found float32[1]");
      assertThatThrownBy(() -> s.run(Map.of("x", OnnxTensor.of(new long[] {1}, 1L))))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("float32, found int64");
      assertThatThrownBy(() -> s.run(null)).isInstanceOf(InvalidArgumentException.class);
    }
    OnnxSession closed = session(POSITIVE);
    closed.close();
    closed.close();
    assertThatThrownBy(() -> closed.run(Map.of())).isInstanceOf(ClosedException.class);
    assertThatThrownBy(() -> session("Cast x[2] -> y to=1", "NoSuchOperator y -> z"))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("NoSuchOperator");
    assertThatThrownBy(() -> Onnx.session(dir.resolve("none.onnx")))
        .isInstanceOf(NotFoundException.class);
    try (OnnxSession s = session("Cast x[1] -> i to=7", "Gather f{1.0,2.0} i -> y")) {
      assertThat(s.run(Map.of("x", OnnxTensor.of(new long[] {1}, -1f))).get("y").floats())
          .containsExactly(2f);
      assertThatThrownBy(() -> s.run(Map.of("x", OnnxTensor.of(new long[] {1}, 5f))))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("Gather y: index 5 is outside an axis of size 2");
    }
  }

  /** Indices of flattened scores exceed 2^24, from which on floats skip integers. */
  @Test
  void comparesLargeIntegers() throws Exception {
    try (OnnxSession s =
        session(
            "Cast x[1] -> i to=7", "Add i k1{16777216} -> big", "Equal big k2{16777216} -> y")) {
      for (int i = 0; i < 2; i++) {
        OnnxTensor y = s.run(Map.of("x", OnnxTensor.of(new long[] {1}, (float) i))).get("y");
        assertThat(y.type()).isEqualTo("bool");
        assertThat(y.longs()).containsExactly(1 - i);
      }
    }
  }

  /** Only the first axis of a network's input may be empty. */
  @Test
  void refusesEmptyImages() throws Exception {
    try (OnnxSession s = session("GlobalAveragePool x[2,3,-1,-1] -> y", "NonZero y -> z")) {
      assertThatThrownBy(
              () -> s.run(Map.of("x", OnnxTensor.of(new long[] {2, 3, 0, 4}, new float[0]))))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("[2, 3, 0, 4] is empty");
    }
  }

  /** A computed size is checked before memory is taken. */
  @Test
  void refusesHugeSizes() throws Exception {
    try (OnnxSession s = session("Cast x[1] -> n to=7", "ConstantOfShape n -> y")) {
      assertThat(s.run(Map.of("x", OnnxTensor.of(new long[] {1}, 0f))).get("y").shape())
          .containsExactly(0);
      for (float size : new float[] {1e12f, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
        OnnxTensor x = OnnxTensor.of(new long[] {1}, size);
        if (Float.isNaN(size)) {
          assertThat(s.run(Map.of("x", x)).get("y").shape()).containsExactly(0);
        } else {
          assertThatThrownBy(() -> s.run(Map.of("x", x)))
              .isInstanceOf(InvalidArgumentException.class)
              .hasMessageContaining("ConstantOfShape y");
        }
      }
    }
  }

  /** A loop whose trip count is computed; each iteration reads the result of the one before. */
  @Test
  void loopsAsOftenAsComputed() throws Exception {
    ModelProto.Builder model = Graphs.of("Cast x[1] -> n to=7", "Loop n _ x -> last all");
    GraphProto.Builder body = GraphProto.newBuilder().setName("body");
    body.addInput(port("i", Graphs.INT64)).addInput(port("go", BOOL)).addInput(port("v", 1));
    body.addNode(
        NodeProto.newBuilder().setOpType("Add").addInput("v").addInput("v").addOutput("w"));
    body.addNode(NodeProto.newBuilder().setOpType("Identity").addInput("go").addOutput("again"));
    body.addNode(NodeProto.newBuilder().setOpType("Sqrt").addInput("w").addOutput("root"));
    body.addOutput(port("again", BOOL)).addOutput(port("w", 1)).addOutput(port("root", 1));
    model
        .getGraphBuilder()
        .getNodeBuilder(1)
        .addAttribute(
            AttributeProto.newBuilder()
                .setName("body")
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(body));
    try (OnnxSession s = Onnx.session(written(outputs(model, "last", "all")))) {
      for (int n : new int[] {3, 1, 5}) {
        Map<String, OnnxTensor> got = s.run(Map.of("x", OnnxTensor.of(new long[] {1}, (float) n)));
        assertThat(got.get("last").floats()).containsExactly(n * (1 << n));
        assertThat(got.get("all").shape()).containsExactly(n, 1);
        assertThat(got.get("all").floats()[0]).isEqualTo((float) Math.sqrt(2 * n));
      }
      assertThatThrownBy(() -> s.run(Map.of("x", OnnxTensor.of(new long[] {1}, 1e18f))))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("more than 1000000 nodes");
    }
  }

  private static ValueInfoProto port(String name, int type) {
    ValueInfoProto.Builder port = ValueInfoProto.newBuilder().setName(name);
    port.getTypeBuilder().getTensorTypeBuilder().setElemType(type);
    return port.build();
  }

  @Test
  void threadsShareASession() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (OnnxSession s = session(POSITIVE)) {
      List<Future<float[]>> all = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        int seed = i % 4;
        OnnxTensor x = OnnxTensor.of(new long[] {1, 2, 6, 6}, values(new long[] {72}, seed));
        all.add(threads.submit(() -> s.run(Map.of("x", x)).get("values").floats()));
      }
      for (int i = 4; i < all.size(); i++) {
        assertThat(all.get(i).get()).isEqualTo(all.get(i % 4).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}

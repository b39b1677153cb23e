package dev.quern.onnx;

import static dev.quern.onnx.SessionJudge.outputs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators that only an {@link OnnxSession} computes; ONNX Runtime judges the results. */
class SessionOperatorsTest {
  @TempDir private Path dir;

  private OnnxSession session(String... lines) throws IOException {
    ModelProto model = Graphs.of(lines).build();
    return Onnx.session(Files.write(dir.resolve("model.onnx"), model.toByteArray()));
  }

  /** Features of one image as the kernels of a convolution of another, as in Siamese trackers. */
  @Test
  void weightsAreComputedInTheGraph() throws Exception {
    long[] image = {1, 3, 12, 12};
    long[] example = {2, 3, 5, 5};
    ModelProto.Builder model =
        Graphs.of(
            "Conv x[1,3,12,12] w(4,3,3,3) -> y pads=1,1,1,1",
            "Conv z[2,3,5,5] v(4,3,3,3) -> kernels",
            "Conv y kernels -> found pads=1,1,1,1",
            "Relu found -> seen");
    SessionJudge.agreeOnAll(dir, model, image, example);
  }

  @Test
  void weightsAreInputs() throws Exception {
    long[] rows = {5, 6};
    SessionJudge.agreeOnAll(
        dir, Graphs.of("Gemm x[5,6] w[6,4] b[4] -> y"), rows, new long[] {6, 4}, new long[] {4});
    SessionJudge.agreeOnAll(
        dir,
        Graphs.of("LayerNormalization x[5,6] s[6] b[6] -> y"),
        rows,
        new long[] {6},
        new long[] {6});
    SessionJudge.agreeOnAll(
        dir,
        Graphs.of("ConvTranspose x[2,3,4,4] w[3,2,2,2] -> y strides=2,2"),
        new long[] {2, 3, 4, 4},
        new long[] {3, 2, 2, 2});
  }

  /** A network that has such weights is another one in each run. */
  @Test
  void otherWeightsGiveOtherResults() throws Exception {
    try (OnnxSession s = session("Gemm x[1,2] w[2,1] -> y")) {
      OnnxTensor x = OnnxTensor.of(new long[] {1, 2}, 3f, 5f);
      for (float w : new float[] {1, 2, -1}) {
        OnnxTensor weights = OnnxTensor.of(new long[] {2, 1}, w, 10f);
        assertThat(s.run(Map.of("x", x, "w", weights)).get("y").floats())
            .containsExactly(3 * w + 50);
      }
    }
  }

  @Test
  void scattersAndCombines() throws Exception {
    for (String reduction : List.of("none", "add", "mul", "max", "min")) {
      boolean once = reduction.equals("none");
      String places = once ? "ik{0,2,4}" : "ik{0,2,2}";
      SessionJudge.agreeOnAll(
          dir,
          Graphs.of(
              "Reshape " + places.replace("ik", "pk") + " sk{3,1} -> at",
              "ScatterND x[5,3] at u[3,3] -> y reduction=" + reduction),
          new long[] {5, 3},
          new long[] {3, 3});
      SessionJudge.agreeOnAll(
          dir,
          Graphs.of(
              "Reshape " + places.replace("ik", "pk") + " sk{3,1} -> at",
              "ScatterElements x[5,1] at u[3,1] -> y axis=0 reduction=" + reduction),
          new long[] {5, 1},
          new long[] {3, 1});
    }
  }

  @Test
  void gathersInBatches() throws Exception {
    SessionJudge.agree(
        dir,
        Graphs.of(
            "Reshape k{1,0,0,2,3,1,2,2} rk{2,2,2} -> at",
            "GatherND x[2,4,3,5] at -> y batch_dims=1"),
        new long[] {2, 4, 3, 5});
  }

  @Test
  void poolsWithIndicesAndBack() throws Exception {
    long[] image = {2, 3, 8, 6};
    for (String kernel :
        List.of(
            "kernel_shape=2,2 strides=2,2",
            "kernel_shape=3,2 strides=2,1 pads=1,0,1,0",
            "kernel_shape=2,2 strides=3,3 ceil_mode=1",
            "kernel_shape=2,2 dilations=3,2 storage_order=1")) {
      SessionJudge.agree(
          dir,
          outputs(
              Graphs.of("Relu x[2,3,8,6] -> r", "MaxPool r -> y at " + kernel), "y", "int64 at"),
          image);
    }
    SessionJudge.agree(
        dir,
        Graphs.of(
            "MaxPool x[2,3,8,6] -> y at kernel_shape=2,2 strides=2,2",
            "Relu y -> r",
            "MaxUnpool r at -> z kernel_shape=2,2 strides=2,2"),
        image);
  }

  @Test
  void reducesNothing() throws Exception {
    for (String op : List.of("ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceSum")) {
      try (OnnxSession s = session(op + " x[2,0,3] k{1} -> y keepdims=0")) {
        OnnxTensor y =
            s.run(Map.of("x", OnnxTensor.of(new long[] {2, 0, 3}, new float[0]))).get("y");
        assertThat(y.shape()).containsExactly(2, 3);
        assertThat(y.floats()).containsOnly(0f);
      }
    }
  }

  @Test
  void whatIsNotComputedIsRefused() throws Exception {
    Map<String, OnnxTensor> x = Map.of("x", OnnxTensor.of(new long[] {1, 1, 2, 2}, 1f, 2f, 3f, 4f));
    for (String[] bad :
        new String[][] {
          {"Dropout x[1,1,2,2] f{0.5} k{1} -> y", "training_mode must be 0"},
          {"MaxUnpool x[1,1,2,2] ik{5,7,13,99} -> y kernel_shape=2,2 strides=2,2", "match"},
        }) {
      assertThatThrownBy(
              () -> {
                try (OnnxSession s = session(bad[0])) {
                  s.run(x);
                }
              })
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining(bad[1]);
    }
  }
}

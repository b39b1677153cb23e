package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.quern.onnx.proto.OnnxProto.ModelProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chains of nodes that a seed draws. ONNX Runtime says which nodes are valid and of what shape
 * their values are, so that nothing here repeats the rules; then both compute.
 */
class RandomGraphsTest {
  private static final int GRAPHS = Boolean.getBoolean("quern.full") ? 60 : 20;
  private static final int NODES = 5;
  private static final int TRIES = 40;
  private static final long MOST_ELEMENTS = 4000;

  /**
   * What is not read: layers of images whose first axis came of other axes; empty values; windows
   * that do not fit, which ONNX Runtime takes with strides of two.
   */
  private static final List<String> NOT_READ =
      List.of(
          "that other operators compute across, so that it is not a batch",
          "an empty slice of axis",
          "] is empty",
          "does not fit");

  @TempDir Path dir;

  private OrtEnvironment env;
  private Random random;
  private List<String> lines;
  private long[] dims;
  private String value;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreeWithOnnxRuntime(long seed) throws Exception {
    env = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < GRAPHS; i++) {
      random = new Random(1000 * seed + i);
      ModelProto.Builder model = graph();
      try {
        Judge.agree(dir, model);
      } catch (AssertionError | RuntimeException e) {
        String said = e.getMessage() == null ? e.toString() : e.getMessage();
        if (NOT_READ.stream().noneMatch(said::contains) && !said.startsWith("ONNX Runtime: ")) {
          wrong.add(i + ": " + String.join(" ; ", lines) + "\n    " + said);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private ModelProto.Builder graph() throws IOException {
    dims = new long[2 + random.nextInt(3)];
    Arrays.setAll(dims, i -> i == 0 ? 1 : 1 + random.nextInt(7));
    value = "x" + Arrays.toString(dims).replace(" ", "");
    lines = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      for (int t = 0; t < TRIES; t++) {
        String line = new RandomNode(random, dims, value).line("v" + i);
        if (isSafe(line.substring(0, line.indexOf(' '))) && add(line)) {
          break;
        }
      }
    }
    return Graphs.of(lines.toArray(String[]::new));
  }

  /** Whether ONNX Runtime computes an operator: it ends the process over some on too few axes. */
  private boolean isSafe(String op) {
    return switch (op) {
      case "Resize" -> dims.length == 4;
      case "DepthToSpace" -> dims.length == 4 && dims[1] % 4 == 0;
      case "SpaceToDepth" -> dims.length == 4 && dims[2] % 2 == 0 && dims[3] % 2 == 0;
      case "Conv",
          "ConvTranspose",
          "MaxPool",
          "AveragePool",
          "GlobalAveragePool",
          "GlobalMaxPool",
          "InstanceNormalization",
          "BatchNormalization",
          "LRN" ->
          dims.length == 3 || dims.length == 4;
      case "LayerNormalization", "MatMul", "Gemm" -> dims.length >= 2;
      // ONNX Runtime makes -1 of NaN
      case "Erf" -> lines.stream().noneMatch(l -> l.matches("(Sqrt|Log|Pow|Div) .*"));
      default -> dims.length >= 1;
    };
  }

  /** Whether a node is one that ONNX Runtime takes, of a shape that it knows. */
  private boolean add(String line) throws IOException {
    List<String> all = new ArrayList<>(lines);
    all.add(line);
    ModelProto.Builder model = Graphs.of(all.toArray(String[]::new));
    Path file = Files.write(dir.resolve("tried.onnx"), model.build().toByteArray());
    try (OrtSession session = env.createSession(file.toString())) {
      TensorInfo made = (TensorInfo) session.getOutputInfo().values().iterator().next().getInfo();
      long[] shape = made.getShape();
      long n = LongStream.of(shape).reduce(1, (a, b) -> a * b);
      if (n < 1 || n > MOST_ELEMENTS || LongStream.of(shape).anyMatch(d -> d < 1)) {
        return false;
      }
      dims = shape;
    } catch (OrtException e) {
      return false;
    }
    lines = all;
    value = line.replaceAll(".* -> (\\w+).*", "$1");
    return true;
  }
}

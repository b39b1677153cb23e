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
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Chains of nodes that a seed draws. ONNX Runtime says which nodes are valid and of what shape
 * their values are, so that nothing here repeats the rules; then both compute.
 */
class RandomGraphsTest {
  private static final int GRAPHS = 60;
  private static final int NODES = 5;
  private static final int TRIES = 40;
  private static final long MOST_ELEMENTS = 4000;

  /**
   * What is not read: layers of images whose first axis came of other axes; empty values; windows
   * that do not fit, which ONNX Runtime takes with strides of two.
   */
  private static final List<String> NOT_READ =
      List.of("that other operators use as more than a batch", "nothing of axis", "does not fit");

  private static final List<String> FUNCTIONS =
      List.of(
          "Relu",
          "Sigmoid",
          "Tanh",
          "Abs",
          "Neg",
          "Softplus",
          "Softsign",
          "Erf",
          "Floor",
          "Ceil",
          "Selu",
          "Elu",
          "LeakyRelu",
          "HardSigmoid",
          "Identity",
          "Sign",
          "HardSwish");

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
        String line = node("v" + i);
        if (isSafe(line.substring(0, line.indexOf(' '))) && add(line)) {
          break;
        }
      }
    }
    return Graphs.of(lines.toArray(String[]::new));
  }

  /** ONNX Runtime ends the process over some operators on too few axes. */
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
          "BatchNormalization" ->
          dims.length == 3 || dims.length == 4;
      case "LayerNormalization", "MatMul" -> dims.length >= 2;
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

  private int below(int n) {
    return random.nextInt(n);
  }

  private int axis() {
    return dims.length == 0 ? 0 : below(2 * dims.length) - dims.length;
  }

  private long size(int axis) {
    return dims.length == 0 ? 1 : dims[Math.floorMod(axis, dims.length)];
  }

  private String shape(long... of) {
    return LongStream.of(of).mapToObj(Long::toString).collect(Collectors.joining(","));
  }

  /** A shape that stretches to the value's, or that it stretches to. */
  private String known(String name) {
    long[] of = Arrays.copyOfRange(dims, below(dims.length + 1), dims.length);
    for (int i = 0; i < of.length; i++) {
      of[i] = below(2) == 0 ? 1 : of[i];
    }
    return name + "(" + shape(of) + ")";
  }

  private String pair(int most) {
    return (1 + below(most)) + "," + (1 + below(most));
  }

  private String node(String out) {
    String to = " -> " + out + " ";
    int a = axis();
    long c = dims.length > 1 ? dims[1] : 1;
    return switch (below(26)) {
      case 0, 1 -> FUNCTIONS.get(below(FUNCTIONS.size())) + " " + value + to;
      case 2 ->
          List.of("Add", "Sub", "Mul", "Min", "Max").get(below(5))
              + " "
              + value
              + " "
              + known(out + "w")
              + to;
      case 3 -> "Div " + value + " " + known(out + "w") + to;
      case 4 ->
          List.of("Sub", "Add", "Max").get(below(3)) + " " + known(out + "w") + " " + value + to;
      case 5 -> conv(out, to, c);
      case 6 -> pool(to);
      case 7 ->
          "BatchNormalization "
              + value
              + " "
              + out
              + "s("
              + c
              + ") "
              + out
              + "b("
              + c
              + ") "
              + out
              + "m("
              + c
              + ") "
              + out
              + "v("
              + c
              + ")"
              + to;
      case 8 ->
          "InstanceNormalization "
              + value
              + " "
              + out
              + "s("
              + c
              + ") "
              + out
              + "b("
              + c
              + ")"
              + to;
      case 9 ->
          "LayerNormalization "
              + value
              + " "
              + out
              + "s("
              + size(-1)
              + ") "
              + out
              + "b("
              + size(-1)
              + ")"
              + to;
      case 10 -> "Softmax " + value + to + "axis=" + a;
      case 11 -> "Transpose " + value + to + "perm=" + permutation();
      case 12 -> "Reshape " + value + " " + out + "k{" + shape(reshaped()) + "}" + to;
      case 13 ->
          "Slice "
              + value
              + " "
              + out
              + "s{"
              + (below(9) - 4)
              + "} "
              + out
              + "e{"
              + (below(13) - 6)
              + "} "
              + out
              + "a{"
              + a
              + "} "
              + out
              + "t{"
              + (below(2) == 0 ? 1 : below(5) - 2)
              + "}"
              + to;
      case 14 -> "Concat " + value + " " + value + to + "axis=" + a;
      case 15 ->
          "Gather " + value + " " + out + "k{" + below((int) size(a)) + ",0}" + to + "axis=" + a;
      case 16 -> reduction(out, to, a);
      case 17 ->
          "Pad "
              + value
              + " "
              + out
              + "k{"
              + pads()
              + "}"
              + to
              + "mode="
              + List.of("constant", "reflect", "edge").get(below(3));
      case 18 -> "Unsqueeze " + value + " " + out + "k{" + below(dims.length + 1) + "}" + to;
      case 19 -> "Squeeze " + value + to;
      case 20 -> "Flatten " + value + to + "axis=" + (1 + below(Math.max(1, dims.length)));
      case 21 -> "MatMul " + value + " " + out + "w(" + size(-1) + "," + (1 + below(4)) + ")" + to;
      case 22 -> resize(out, to);
      case 23 -> "Clip " + value + " " + out + "l{-0.5} " + out + "h{0.75}" + to;
      case 24 -> "Tile " + value + " " + out + "k{" + repeats() + "}" + to;
      default ->
          List.of("DepthToSpace", "SpaceToDepth").get(below(2)) + " " + value + to + "blocksize=2";
    };
  }

  private String conv(String out, String to, long c) {
    int g = below(3) == 0 && c % 2 == 0 ? 2 : 1;
    boolean image = dims.length == 4;
    String k = image ? pair(3) : Integer.toString(1 + below(3));
    String more =
        image ? "strides=" + pair(2) + " dilations=" + pair(2) : "strides=" + (1 + below(2)) + ",";
    if (below(3) == 0) {
      return "ConvTranspose "
          + value
          + " "
          + out
          + "w("
          + c
          + ",2,"
          + k
          + ")"
          + to
          + (image ? "strides=" + pair(2) : "");
    }
    String pads = image ? " pads=" + pair(2) + "," + pair(2) : " pads=" + pair(2);
    return "Conv "
        + value
        + " "
        + out
        + "w(4,"
        + c / g
        + ","
        + k
        + ") "
        + out
        + "b(4)"
        + to
        + more
        + " group="
        + g
        + (below(2) == 0 ? pads : " auto_pad=SAME_LOWER");
  }

  private String pool(String to) {
    if (below(3) == 0) {
      return List.of("GlobalAveragePool", "GlobalMaxPool").get(below(2)) + " " + value + to;
    }
    String k =
        dims.length == 3 ? "kernel_shape=2, strides=2," : "kernel_shape=2,3 strides=" + pair(2);
    return List.of("MaxPool", "AveragePool").get(below(2))
        + " "
        + value
        + to
        + k
        + (dims.length == 4 ? " pads=1,0,0,1" : "")
        + " ceil_mode="
        + below(2);
  }

  private String permutation() {
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < dims.length; i++) {
      all.add(i);
    }
    java.util.Collections.shuffle(all, random);
    return all.stream().map(String::valueOf).collect(Collectors.joining(",")) + ",";
  }

  private long[] reshaped() {
    long n = LongStream.of(dims).reduce(1, (p, q) -> p * q);
    List<Long> to = new ArrayList<>();
    if (below(2) == 0) {
      to.add(1L);
    }
    for (long f = 2; f <= 5; f++) {
      if (n % f == 0 && below(2) == 0) {
        to.add(f);
        n /= f;
      }
    }
    to.add(n);
    return to.stream().mapToLong(Long::longValue).toArray();
  }

  private String reduction(String out, String to, int a) {
    String op =
        List.of(
                "ReduceMean",
                "ReduceMax",
                "ReduceMin",
                "ReduceL1",
                "ReduceL2",
                "ReduceLogSumExp",
                "ReduceSumSquare")
            .get(below(7));
    String keep = " keepdims=" + below(2);
    return below(3) == 0
        ? "ReduceSum " + value + " " + out + "k{" + a + "}" + to + keep
        : op + " " + value + to + "axes=" + a + "," + keep;
  }

  /** Smaller than the axis: ONNX Runtime reflects what is beyond its memory. */
  private String pads() {
    return LongStream.range(0, 2L * dims.length)
        .mapToObj(i -> below(2) == 0 ? 0 : below((int) Math.min(3, dims[(int) i % dims.length])))
        .map(String::valueOf)
        .collect(Collectors.joining(","));
  }

  private String repeats() {
    return LongStream.range(0, dims.length)
        .mapToObj(i -> i == 0 ? "1" : Integer.toString(1 + below(2)))
        .collect(Collectors.joining(","));
  }

  private String resize(String out, String to) {
    String size =
        dims.length == 4
            ? dims[0] + "," + dims[1] + "," + dims[2] * (1 + below(2)) + "," + (1 + below(9))
            : "1";
    String how =
        List.of(
                "mode=nearest",
                "mode=linear",
                "mode=linear coordinate_transformation_mode=align_corners",
                "mode=nearest coordinate_transformation_mode=asymmetric nearest_mode=floor")
            .get(below(4));
    return "Resize " + value + " _ _ " + out + "k{" + size + "}" + to + how;
  }
}

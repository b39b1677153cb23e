package dev.quern.onnx;

import dev.quern.network.LayerTypes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A node that may follow a value, by chance; whether it is valid is for others to say.
 *
 * @param dims of the value
 * @param value its name
 */
record RandomNode(Random random, long[] dims, String value) {
  private static final List<String> FUNCTIONS =
      Stream.concat(
              Stream.of("Neg", "Softplus", "Selu", "HardSigmoid", "Identity", "HardSwish"),
              LayerTypes.all().stream().filter(t -> t.onnx() != null).map(t -> t.onnx().name()))
          .toList();

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

  /** A node whose output has this name, in the words of {@link Graphs}. */
  String line(String out) {
    String to = " -> " + out + " ";
    int a = axis();
    long c = dims.length > 1 ? dims[1] : 1;
    return switch (below(38)) {
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
      case 25 -> "Split " + value + to + out + "q axis=" + a;
      case 26 -> "Expand " + value + " " + out + "k{" + (1 + below(2)) + ",1,1,1}" + to;
      case 27 -> "Pow " + value + " " + out + "e{" + (1 + below(3)) + ".0}" + to;
      case 28 -> "PRelu " + value + " " + known(out + "w") + to;
      case 29 -> "LRN " + value + to + "size=3 alpha=0.1 beta=0.75 bias=1.5";
      case 30 ->
          "Gemm "
              + value
              + " "
              + out
              + "w(3,"
              + size(-1)
              + ") "
              + out
              + "b(3)"
              + to
              + "transB=1 alpha=0.5";
      case 31 -> "Sum " + value + " " + value + " " + known(out + "w") + to;
      case 32 -> "Mean " + value + " " + known(out + "w") + to;
      case 33 -> "LogSoftmax " + value + to + "axis=" + a;
      case 34 ->
          "CumSum "
              + value
              + " "
              + out
              + "k{"
              + a
              + "}"
              + to
              + "reverse="
              + below(2)
              + " exclusive="
              + below(2);
      case 35 ->
          "Trilu " + value + " " + out + "k{" + (below(3) - 1) + "}" + to + "upper=" + below(2);
      case 36 -> "ThresholdedRelu " + value + to + "alpha=0.5";
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
    Collections.shuffle(all, random);
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

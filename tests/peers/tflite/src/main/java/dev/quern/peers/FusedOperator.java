package dev.quern.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A line of {@code network.txt} in a {@link ModelFolder}: an operator with its ReLU. The class that
 * writes this file, {@code FusedNetwork}, describes its format.
 *
 * @param type input, conv, maxpool, mean, linear or add
 * @param channels of the output, as are height and width
 * @param inputs indices of operators
 * @param weight channels first: {@code [channels, channels in / groups, kernel]} of a convolution,
 *     {@code [channels, inputs]} of a linear layer; empty for other types
 * @param bias a value per channel; empty for types without weight
 */
record FusedOperator(
    String type,
    boolean relu,
    int channels,
    int height,
    int width,
    Pair kernel,
    Pair stride,
    Pair padding,
    int groups,
    List<Integer> inputs,
    float[] weight,
    float[] bias) {
  /** Vertical and horizontal. */
  record Pair(int down, int across) {}

  private static final String UNSUPPORTED = "unsupported ";
  private static final int FIRST_INPUT = 12;

  /** The number of output values of one image. */
  int outputs() {
    return channels * height * width;
  }

  /**
   * Returns the operators of a network in the order in which they run.
   *
   * @throws UnsupportedOperationException if the network contains a layer without a translation
   */
  static List<FusedOperator> read(ModelFolder folder) throws IOException {
    float[] weights = folder.read("weights.f32");
    int next = 0;
    List<FusedOperator> operators = new ArrayList<>();
    for (String line : Files.readAllLines(folder.path().resolve("network.txt"))) {
      if (line.startsWith(UNSUPPORTED)) {
        throw new UnsupportedOperationException(line.substring(UNSUPPORTED.length()));
      }
      FusedOperator o = parse(line);
      int terms = o.terms(operators);
      if (terms > 0) {
        int bias = next + terms * o.channels;
        o = o.with(Arrays.copyOfRange(weights, next, bias), weights, bias);
        next = bias + o.channels;
      }
      operators.add(o);
    }
    if (next != weights.length) {
      throw new IllegalStateException(
          "weights.f32 has " + weights.length + " values, network.txt describes " + next);
    }
    return operators;
  }

  private static FusedOperator parse(String line) {
    String[] words = line.split(" ");
    int[] n = Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray();
    List<Integer> inputs = Arrays.stream(n).skip(FIRST_INPUT - 1).boxed().toList();
    Pair kernel = new Pair(n[4], n[5]);
    Pair stride = new Pair(n[6], n[7]);
    Pair padding = new Pair(n[8], n[9]);
    return new FusedOperator(
        words[0],
        n[0] == 1,
        n[1],
        n[2],
        n[3],
        kernel,
        stride,
        padding,
        n[10],
        inputs,
        new float[0],
        new float[0]);
  }

  /** The number of products that an output is the sum of; 0 for types without weight. */
  private int terms(List<FusedOperator> before) {
    return switch (type) {
      case "conv" -> before.get(inputs.get(0)).channels / groups * kernel.down() * kernel.across();
      case "linear" -> before.get(inputs.get(0)).outputs();
      default -> 0;
    };
  }

  private FusedOperator with(float[] own, float[] weights, int biasAt) {
    float[] biases = Arrays.copyOfRange(weights, biasAt, biasAt + channels);
    return new FusedOperator(
        type, relu, channels, height, width, kernel, stride, padding, groups, inputs, own, biases);
  }
}

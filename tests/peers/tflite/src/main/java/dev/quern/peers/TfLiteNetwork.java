package dev.quern.peers;

import dev.quern.peers.FusedOperator.Pair;
import dev.quern.peers.TfLiteFile.Op;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A network as a model of TensorFlow Lite: channels last, ReLU as the fused activation of the
 * operator before it, padding as "SAME" where that is the same, and otherwise as a PAD operator.
 */
final class TfLiteNetwork {
  private static final Byte SAME = 0;
  private static final Byte VALID = 1;
  private static final Byte NONE = 0;
  private static final Byte RELU = 1;

  /** Of everything but weights, with room to spare. */
  private static final int REST = 1 << 20;

  private final List<FusedOperator> operators;
  private final int batch;
  private final TfLiteFile file;

  /** By operator, the tensor of its output. */
  private final List<Integer> values = new ArrayList<>();

  private TfLiteNetwork(List<FusedOperator> operators, int batch) {
    this.operators = operators;
    this.batch = batch;
    long weights = operators.stream().mapToLong(o -> o.weight().length + o.bias().length).sum();
    file = new TfLiteFile(Math.toIntExact(Float.BYTES * weights + REST));
  }

  /** Writes the model of a batch size. */
  static void write(List<FusedOperator> operators, int batch, Path path) throws IOException {
    new TfLiteNetwork(operators, batch).write(path);
  }

  private void write(Path path) throws IOException {
    FusedOperator input = operators.get(0);
    require(!input.relu(), "a ReLU of the network's input");
    values.add(file.value(shape(input)));
    for (FusedOperator o : operators.subList(1, operators.size())) {
      values.add(file.value(shape(o)));
      add(o, operators.get(o.inputs().get(0)));
    }
    file.write(path, values.get(0), values.get(values.size() - 1));
  }

  private int[] shape(FusedOperator o) {
    return o.type().equals("linear")
        ? new int[] {batch, o.channels()}
        : new int[] {batch, o.height(), o.width(), o.channels()};
  }

  private void add(FusedOperator o, FusedOperator in) {
    int from = values.get(o.inputs().get(0));
    int to = values.get(values.size() - 1);
    switch (o.type()) {
      case "conv" -> conv(o, in, from, to);
      case "maxpool" -> maxPool(o, in, from, to);
      case "mean" -> {
        require(!o.relu(), "a ReLU after a mean");
        file.operator(
            Op.MEAN, new int[] {from, file.constant(new int[] {1, 2}, 2)}, to, (Object) true);
      }
      case "linear" -> {
        int n = o.channels();
        float[] last = channelsLast(o.weight(), n, in.channels(), in.height() * in.width());
        int weight = file.constant(last, n, in.outputs());
        int[] inputs = {from, weight, file.constant(o.bias(), n)};
        file.operator(Op.FULLY_CONNECTED, inputs, to, activation(o));
      }
      case "add" ->
          file.operator(Op.ADD, new int[] {from, values.get(o.inputs().get(1))}, to, activation(o));
      default -> throw new UnsupportedOperationException("operator " + o.type());
    }
  }

  private void conv(FusedOperator o, FusedOperator in, int from, int to) {
    int n = o.channels();
    int c = in.channels() / o.groups();
    Pair k = o.kernel();
    boolean same = isSame(o, in);
    int padded = same ? from : padded(o, in, from);
    int bias = file.constant(o.bias(), n);
    Integer across = o.stride().across();
    Integer down = o.stride().down();
    if (o.groups() == 1) {
      float[] last = channelsLast(o.weight(), n, c, k.down() * k.across());
      int[] inputs = {padded, file.constant(last, n, k.down(), k.across(), c), bias};
      file.operator(Op.CONV_2D, inputs, to, padding(same), across, down, activation(o), 1, 1);
    } else {
      require(c == 1, "a grouped convolution other than a depthwise one");
      float[] last = channelsLast(o.weight(), 1, n, k.down() * k.across());
      int[] inputs = {padded, file.constant(last, 1, k.down(), k.across(), n), bias};
      Integer multiplier = n / o.groups();
      file.operator(
          Op.DEPTHWISE_CONV_2D,
          inputs,
          to,
          padding(same),
          across,
          down,
          multiplier,
          activation(o),
          1,
          1);
    }
  }

  private void maxPool(FusedOperator o, FusedOperator in, int from, int to) {
    boolean same = isSame(o, in);
    boolean pads = !same && !o.padding().equals(new Pair(0, 0));
    // PAD adds zeros, which do not change the maximum of values that are not negative
    require(!pads || in.relu(), "a padded max pooling of values that may be negative");
    file.operator(
        Op.MAX_POOL_2D,
        new int[] {same ? from : padded(o, in, from)},
        to,
        padding(same),
        (Integer) o.stride().across(),
        (Integer) o.stride().down(),
        (Integer) o.kernel().across(),
        (Integer) o.kernel().down(),
        activation(o));
  }

  /**
   * The input with zeros around it, by an operator of its own; the input itself without padding.
   */
  private int padded(FusedOperator o, FusedOperator in, int from) {
    int down = o.padding().down();
    int across = o.padding().across();
    if (down == 0 && across == 0) {
      return from;
    }
    int to = file.value(batch, in.height() + 2 * down, in.width() + 2 * across, in.channels());
    int[] sides = {0, 0, down, down, across, across, 0, 0};
    file.operator(Op.PAD, new int[] {from, file.constant(sides, 4, 2)}, to);
    return to;
  }

  private static boolean isSame(FusedOperator o, FusedOperator in) {
    return isSame(in.height(), o.height(), o.kernel().down(), o.stride().down(), o.padding().down())
        && isSame(
            in.width(), o.width(), o.kernel().across(), o.stride().across(), o.padding().across());
  }

  /**
   * Whether TensorFlow's padding "SAME" has the same output size and begins with the same padding;
   * the rest, which goes to the end, follows from both.
   */
  private static boolean isSame(int in, int out, int kernel, int stride, int padding) {
    int total = Math.max((out - 1) * stride + kernel - in, 0);
    return out == (in + stride - 1) / stride && total / 2 == padding;
  }

  private static Byte padding(boolean same) {
    return same ? SAME : VALID;
  }

  private static Byte activation(FusedOperator o) {
    return o.relu() ? RELU : NONE;
  }

  private static void require(boolean is, String otherwise) {
    if (!is) {
      throw new UnsupportedOperationException(otherwise + " is not translated");
    }
  }

  /** {@code [a][b][c]} to {@code [a][c][b]}. */
  static float[] channelsLast(float[] x, int a, int b, int c) {
    float[] y = new float[x.length];
    for (int i = 0; i < a; i++) {
      for (int j = 0; j < b; j++) {
        for (int k = 0; k < c; k++) {
          y[(i * c + k) * b + j] = x[(i * b + j) * c + k];
        }
      }
    }
    return y;
  }
}

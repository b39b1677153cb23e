package dev.quern.peers;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.network.Network;
import dev.quern.peers.FusedNetwork.Value;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A network without batch normalization as a text that the C++ programs read, an operator a line,
 * ReLU in the operator before it:
 *
 * <pre>
 * TYPE RELU CHANNELS HEIGHT WIDTH KERNEL KERNEL STRIDE STRIDE PADDING PADDING GROUPS INPUT...
 * </pre>
 *
 * <p>Types are input, conv, maxpool, mean (over height and width), linear and add; sizes are of the
 * output; pairs are down and across; inputs are numbers of lines. Weights and bias of each conv and
 * linear follow each other in a file of their own.
 */
final class FusedNetwork implements Translation<Value> {
  /** What an operator makes, before its ReLU or after it. */
  record Value(int operator, boolean relu) {}

  private record Operator(String type, String numbers, List<Value> inputs) {}

  private static final Size ONE = Size.of(1);
  private static final Size NONE = Size.of(0);

  private final Map<String, float[]> parameters;
  private final List<Operator> operators = new ArrayList<>();
  private final List<Boolean> relu = new ArrayList<>();
  private final List<float[]> weights = new ArrayList<>();

  private FusedNetwork(ModelData data) {
    parameters = data.weights();
  }

  /** Writes both files; of a network that has no such form the text says why. */
  static void write(ModelData data, ModelFolder folder) throws IOException {
    FusedNetwork fused = new FusedNetwork(data);
    String text;
    try {
      text = fused.text(data.network());
    } catch (UnsupportedOperationException e) {
      text = "unsupported " + e.getMessage() + "\n";
    }
    Files.writeString(folder.path().resolve("network.txt"), text);
    folder.write("weights.f32", fused.weights.toArray(float[][]::new));
  }

  private String text(Network network) {
    Place<Value> start = new Place<>(Network.INPUT, List.of(), network.input(), network.input());
    Value last = translate(network, operator("input", start, ONE, ONE, NONE, 1));
    require(last.operator() == operators.size() - 1, "its last layer is not its output");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < operators.size(); i++) {
      Operator o = operators.get(i);
      for (Value v : o.inputs()) {
        require(relu.get(v.operator()) == v.relu(), "a value is read before its ReLU and after it");
      }
      text.append(o.type()).append(relu.get(i) ? " 1 " : " 0 ").append(o.numbers());
      o.inputs().forEach(v -> text.append(' ').append(v.operator()));
      text.append('\n');
    }
    return text.toString();
  }

  private static void require(boolean is, String otherwise) {
    if (!is) {
      throw new UnsupportedOperationException(otherwise);
    }
  }

  private Value operator(
      String type, Place<Value> at, Size kernel, Size stride, Size padding, int groups) {
    Stream<Long> shape =
        at.output().rank() == 3
            ? Stream.of(at.output().dim(0), at.output().dim(1), at.output().dim(2))
            : Stream.of(at.output().elements(), 1L, 1L);
    String sizes = shape.map(String::valueOf).collect(Collectors.joining(" "));
    String windows =
        Stream.of(kernel, stride, padding)
            .map(s -> s.height() + " " + s.width())
            .collect(Collectors.joining(" "));
    operators.add(new Operator(type, sizes + " " + windows + " " + groups, at.inputs()));
    relu.add(false);
    return new Value(operators.size() - 1, false);
  }

  private void weights(Place<Value> at, boolean bias) {
    weights.add(parameters.get(at.name() + ".weight"));
    weights.add(bias ? parameters.get(at.name() + ".bias") : new float[at.channelsOut()]);
  }

  @Override
  public Value conv2d(Place<Value> at, Conv2d conv) {
    weights(at, conv.bias());
    return operator("conv", at, conv.kernel(), conv.stride(), conv.padding(), conv.groups());
  }

  @Override
  public Value batchNorm2d(Place<Value> at, BatchNorm2d norm) {
    throw new UnsupportedOperationException(at.name() + " does not follow a convolution");
  }

  @Override
  public Value relu(Place<Value> at) {
    relu.set(at.value().operator(), true);
    return new Value(at.value().operator(), true);
  }

  @Override
  public Value maxPool2d(Place<Value> at, MaxPool2d pool) {
    return operator("maxpool", at, pool.kernel(), pool.stride(), pool.padding(), 1);
  }

  @Override
  public Value globalMean(Place<Value> at) {
    return operator("mean", at, ONE, ONE, NONE, 1);
  }

  /** All that reads it takes values in any shape. */
  @Override
  public Value flatten(Place<Value> at) {
    return at.value();
  }

  @Override
  public Value linear(Place<Value> at, Linear linear) {
    weights(at, true);
    return operator("linear", at, ONE, ONE, NONE, 1);
  }

  @Override
  public Value add(Place<Value> at) {
    return operator("add", at, ONE, ONE, NONE, 1);
  }
}

package dev.quern.quantize;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Creates quantized networks: rounds weights, and inserts {@link FakeQuantize} after each value
 * that becomes int8.
 */
final class Rounded {
  private static final String SUFFIX = ".quantize";

  private final ModelData data;
  private final Graph graph;
  private final Map<String, FakeQuantize> ranges;
  private final Map<String, double[]> errors;

  /**
   * Creates the converter.
   *
   * @param ranges the quantization of each int8 value, by its name
   * @param errors the mean error of each output channel, by layer; only of layers whose bias is
   *     corrected
   */
  Rounded(
      ModelData data, Graph graph, Map<String, FakeQuantize> ranges, Map<String, double[]> errors) {
    this.data = data;
    this.graph = graph;
    this.ranges = ranges;
    this.errors = errors;
  }

  /** Returns the quantized form of a convolution or fully connected layer. */
  static Layer quantized(Layer layer) {
    return layer instanceof Conv2d conv
        ? new QuantizedConv2d(conv)
        : new QuantizedLinear((Linear) layer);
  }

  /**
   * Rounds a layer's weight, and stores weight and scales under the name of the quantized layer.
   *
   * @param all the weights by dotted name, modified in place
   * @param from the name of the layer
   * @param to the name of the quantized layer; may be equal to {@code from}
   * @param channels the number of scales
   */
  static void weights(Map<String, float[]> all, String from, String to, int channels) {
    float[] values = all.get(from + ".weight").clone();
    all.put(to + "." + Quantized.SCALE, Quantized.round(values, channels));
    all.put(to + ".weight", values);
  }

  /**
   * Returns the model with these layers quantized.
   *
   * @param inputs the inputs of the resulting network, possibly with dynamic sizes
   * @param layers the names of the layers
   */
  ModelData of(Map<String, Shape> inputs, Set<String> layers) {
    Network network = graph.network;
    Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
    Map<String, String> bytes = bytes(layers);
    List<Network.Node> nodes = new ArrayList<>();
    network.inputs().keySet().forEach(input -> round(input, bytes, nodes));
    for (Network.Node n : network.nodes()) {
      List<String> from = n.inputs().stream().map(in -> bytes.getOrDefault(in, in)).toList();
      Layer layer = layers.contains(n.name()) ? rounded(n, weights) : n.layer();
      nodes.add(new Network.Node(n.name(), layer, from));
      round(n.name(), bytes, nodes);
    }
    Network made =
        new Network(network.name(), inputs, nodes, network.outputs(), network.tasks())
            .withDetection(network.detection());
    return new ModelData(made, weights, data.preprocessing(), data.provenance());
  }

  /**
   * Returns the name of the inserted {@link FakeQuantize} node for each value that becomes int8.
   */
  private Map<String, String> bytes(Set<String> layers) {
    Map<String, String> names = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>(graph.network.shapes().keySet());
    for (String value : new Placement(graph, layers).ranges().keySet()) {
      if (ranges.containsKey(value)) {
        String name = value + SUFFIX;
        for (int i = 2; !taken.add(name); i++) {
          name = value + SUFFIX + i;
        }
        names.put(value, name);
      }
    }
    return names;
  }

  private void round(String value, Map<String, String> bytes, List<Network.Node> nodes) {
    if (bytes.containsKey(value)) {
      nodes.add(new Network.Node(bytes.get(value), ranges.get(value), List.of(value)));
    }
  }

  private Layer rounded(Network.Node n, Map<String, float[]> weights) {
    Layer quantized = quantized(n.layer());
    weights(weights, n.name(), n.name(), ((Quantized) quantized).channels());
    double[] error = errors.get(n.name());
    if (error == null) {
      return quantized;
    }
    String norm = norm(graph, n.name());
    if (norm != null) {
      move(weights, norm + ".running_mean", error, 1);
      return quantized;
    }
    weights.putIfAbsent(n.name() + ".bias", new float[error.length]);
    move(weights, n.name() + ".bias", error, -1);
    return n.layer() instanceof Conv2d conv
        ? new QuantizedConv2d(conv.bias(true))
        : new QuantizedLinear(new Linear(((Linear) n.layer()).outFeatures(), true));
  }

  /**
   * Returns the name of the batch normalization that is the only reader of a convolution; null if
   * there is none.
   */
  static @Nullable String norm(Graph graph, String convolution) {
    Network.Node reader = graph.onlyReader(convolution);
    return reader != null && reader.layer() instanceof BatchNorm2d ? reader.name() : null;
  }

  private static void move(Map<String, float[]> weights, String name, double[] by, int sign) {
    float[] moved = weights.get(name).clone();
    for (int c = 0; c < moved.length; c++) {
      moved[c] += (float) (sign * by[c]);
    }
    weights.put(name, moved);
  }
}

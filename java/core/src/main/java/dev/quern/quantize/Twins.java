package dev.quern.quantize;

import dev.quern.layer.Layer;
import dev.quern.layer.Quantized;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Measures the error of each layer by itself: a quantized copy of the layer reads the layer's float
 * inputs, rounded. One pass over the images suffices for all layers, and errors of earlier layers
 * have no influence.
 */
final class Twins {
  private final ModelData data;
  private final Graph graph;
  private final Set<String> layers;
  private final Map<String, FakeQuantize> inputs;
  private final Map<String, String> twins = new LinkedHashMap<>();
  private final Map<String, ErrorSums> sums = new HashMap<>();

  /**
   * Creates the pairs of layers.
   *
   * @param layers the names of the layers
   * @param inputs the quantization of each layer's input, by layer
   */
  Twins(ModelData data, Graph graph, Set<String> layers, Map<String, FakeQuantize> inputs) {
    this.data = data;
    this.graph = graph;
    this.layers = layers;
    this.inputs = inputs;
  }

  /** Runs all images and returns the error sums by layer. */
  Map<String, ErrorSums> errors(Images images) {
    ModelData both = both();
    List<String> values = new ArrayList<>();
    twins.forEach(
        (layer, twin) -> {
          values.addAll(List.of(layer, twin));
          sums.put(layer, new ErrorSums(graph.channels(layer)));
        });
    images.run(
        both,
        values,
        made -> twins.forEach((of, twin) -> sums.get(of).add(made.get(of), made.get(twin))));
    return sums;
  }

  private ModelData both() {
    Network network = graph.network;
    Map<String, float[]> weights = new LinkedHashMap<>(data.weights());
    List<Network.Node> nodes = new ArrayList<>(network.nodes());
    Set<String> taken = new HashSet<>(network.shapes().keySet());
    for (Network.Node n : network.nodes()) {
      if (layers.contains(n.name())) {
        String bytes = free(n.name() + ".bytes", taken);
        String twin = free(n.name() + ".twin", taken);
        Layer quantized = Rounded.quantized(n.layer());
        nodes.add(new Network.Node(bytes, inputs.get(n.name()), n.inputs()));
        nodes.add(new Network.Node(twin, quantized, List.of(bytes)));
        Rounded.weights(weights, n.name(), twin, ((Quantized) quantized).channels());
        float[] bias = data.weights().get(n.name() + ".bias");
        if (bias != null) {
          weights.put(twin + ".bias", bias);
        }
        twins.put(n.name(), twin);
      }
    }
    Network made = new Network(network.name(), network.inputs(), nodes, network.outputs());
    return new ModelData(made, weights, data.preprocessing(), Map.of());
  }

  private static String free(String wanted, Set<String> taken) {
    String name = wanted;
    for (int i = 2; !taken.add(name); i++) {
      name = wanted + i;
    }
    return name;
  }
}

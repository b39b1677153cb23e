package dev.quern.peers;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.predict.ModelData;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts batch normalization into the convolution before it, as all libraries do with floats for
 * inference. It is done here for those that would not do it with whole numbers.
 */
final class BatchNormFold {
  private final Map<String, float[]> weights;

  /** By the name of a value that is gone, who makes it now. */
  private final Map<String, String> renamed = new HashMap<>();

  private final Map<String, Network.Node> nodes = new HashMap<>();

  private BatchNormFold(ModelData data) {
    weights = new HashMap<>(data.weights());
  }

  static ModelData of(ModelData data) {
    return new BatchNormFold(data).fold(data);
  }

  private ModelData fold(ModelData data) {
    Network network = data.network();
    List<String> order = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      List<String> inputs =
          n.inputs().stream().map(name -> renamed.getOrDefault(name, name)).toList();
      Network.Node before = nodes.get(inputs.get(0));
      if (n.layer() instanceof BatchNorm2d norm
          && before != null
          && before.layer() instanceof Conv2d conv
          && readers(network, n.inputs().get(0)) == 1) {
        fold(n.name(), norm, before.name(), conv);
        renamed.put(n.name(), before.name());
        nodes.put(before.name(), new Network.Node(before.name(), conv.bias(true), before.inputs()));
      } else {
        order.add(n.name());
        nodes.put(n.name(), new Network.Node(n.name(), n.layer(), inputs));
      }
    }
    List<String> outputs =
        network.outputs().stream().map(name -> renamed.getOrDefault(name, name)).toList();
    Network folded =
        new Network(
            network.name(), network.inputs(), order.stream().map(nodes::get).toList(), outputs);
    return new ModelData(folded, weights, data.preprocessing(), Map.of());
  }

  private static long readers(Network network, String value) {
    return network.nodes().stream().filter(n -> n.inputs().contains(value)).count();
  }

  private void fold(String normName, BatchNorm2d norm, String convName, Conv2d conv) {
    float[] scale = weights.remove(normName + ".weight");
    float[] shift = weights.remove(normName + ".bias");
    float[] mean = weights.remove(normName + ".running_mean");
    float[] variance = weights.remove(normName + ".running_var");
    float[] weight = weights.get(convName + ".weight").clone();
    float[] bias = conv.bias() ? weights.get(convName + ".bias").clone() : new float[scale.length];
    int each = weight.length / bias.length;
    for (int c = 0; c < bias.length; c++) {
      double factor = scale[c] / Math.sqrt((double) variance[c] + norm.eps());
      for (int i = c * each; i < (c + 1) * each; i++) {
        weight[i] *= factor;
      }
      bias[c] = (float) ((bias[c] - mean[c]) * factor + shift[c]);
    }
    weights.put(convName + ".weight", weight);
    weights.put(convName + ".bias", bias);
  }
}

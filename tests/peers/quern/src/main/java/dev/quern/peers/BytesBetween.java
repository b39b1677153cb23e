package dev.quern.peers;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A quantized model with bytes wherever values pass from operator to operator, for ONNX Runtime: it
 * takes an operator for one of whole numbers only where that makes bytes, too. Quern adds to a
 * convolution's exact result, and takes means of floats.
 */
final class BytesBetween {
  private static final int STEPS = 255;

  private final ModelData model;
  private final Network network;
  private final Map<String, Network.Node> nodes = new HashMap<>();

  /** By the value that is rounded. */
  private final Map<String, FakeQuantize> more = new TreeMap<>();

  private BytesBetween(ModelData model) {
    this.model = model;
    network = model.network();
    network.nodes().forEach(n -> nodes.put(n.name(), n));
  }

  static ModelData of(ModelData quantized, Workload workload) {
    BytesBetween all = new BytesBetween(quantized);
    all.repeat();
    all.round(workload);
    return all.made();
  }

  /** Behind flattening the same bytes again, which changes nothing. */
  private void repeat() {
    for (Network.Node n : network.nodes()) {
      Network.Node before = n.layer() instanceof Flatten ? nodes.get(n.inputs().get(0)) : null;
      while (before != null && before.layer() instanceof MaxPool2d) {
        before = nodes.get(before.inputs().get(0));
      }
      if (before != null && before.layer() instanceof FakeQuantize bytes) {
        more.put(n.name(), bytes);
      }
    }
  }

  /** By the range that values have in the workload's batch. */
  private void round(Workload workload) {
    List<String> values =
        network.nodes().stream().filter(this::isLeftInFloats).map(Network.Node::name).toList();
    if (values.isEmpty()) {
      return;
    }
    try (Arena arena = new Arena();
        Model part = Model.of(model.part(List.of(), values))) {
      Tensor images = arena.tensor(workload.inputShape()).copyFrom(workload.images());
      String input = network.inputs().keySet().iterator().next();
      part.predict(Map.of(input, images)).forEach((v, x) -> more.put(v, range(x.toArray())));
    }
  }

  private boolean isLeftInFloats(Network.Node n) {
    Layer l = n.layer();
    return (l instanceof QuantizedConv2d || l instanceof Add || l instanceof Relu)
        && !network.outputs().contains(n.name())
        && network.nodes().stream()
            .filter(reader -> reader.inputs().contains(n.name()))
            .noneMatch(r -> r.layer() instanceof Relu || r.layer() instanceof FakeQuantize);
  }

  /** 256 steps from the least value to the largest, one of which is 0. */
  private static FakeQuantize range(float[] values) {
    float low = 0;
    float high = 0;
    for (float v : values) {
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
    float scale = Math.max((high - low) / STEPS, Float.MIN_NORMAL);
    return new FakeQuantize(scale, Math.min(STEPS, Math.round(-low / scale)), 0, STEPS);
  }

  private ModelData made() {
    List<Network.Node> all = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      List<String> inputs =
          n.inputs().stream().map(v -> more.containsKey(v) ? bytes(v) : v).toList();
      all.add(new Network.Node(n.name(), n.layer(), inputs));
      if (more.containsKey(n.name())) {
        all.add(new Network.Node(bytes(n.name()), more.get(n.name()), List.of(n.name())));
      }
    }
    Network made = new Network(network.name(), network.inputs(), all, network.outputs());
    return new ModelData(made, model.weights(), model.preprocessing(), Map.of());
  }

  private static String bytes(String value) {
    return value + ".bytes";
  }
}

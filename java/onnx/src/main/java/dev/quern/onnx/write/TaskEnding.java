package dev.quern.onnx.write;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The conversion of an output to the probabilities of its task, as in a model's prediction. */
final class TaskEnding {
  private TaskEnding() {}

  /**
   * Returns the output itself or, for a classification, writes {@code NAME.softmax} or {@code
   * NAME.sigmoid} after it.
   */
  static Value write(Network network, String output, Value value, GraphWriter graph) {
    Task.Kind kind = network.tasks().get(output).kind();
    boolean classes = kind == Task.Kind.SINGLE_LABEL || kind == Task.Kind.PIXEL_CLASSES;
    Layer last = last(network, output);
    if (!classes && kind != Task.Kind.MULTI_LABEL
        || last instanceof Softmax
        || last instanceof Sigmoid) {
      return value;
    }
    Shape shape = network.shapes().get(output);
    boolean mask = kind == Task.Kind.PIXEL_CLASSES && shape.dim(0) == 1;
    return classes && !mask
        ? graph.node(output + ".softmax", "Softmax", List.of(value)).with("axis", 1L)
        : graph.node(output + ".sigmoid", "Sigmoid", List.of(value));
  }

  /**
   * Returns the layer that computes an output's elements, ignoring later layers that only rearrange
   * them.
   */
  private static Layer last(Network network, String output) {
    Map<String, Network.Node> nodes =
        network.nodes().stream().collect(Collectors.toMap(Network.Node::name, n -> n));
    Network.Node last = nodes.get(output);
    while (last.layer() instanceof Flatten && nodes.containsKey(last.inputs().get(0))) {
      last = nodes.get(last.inputs().get(0));
    }
    return last.layer();
  }
}

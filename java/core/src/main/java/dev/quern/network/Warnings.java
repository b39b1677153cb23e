package dev.quern.network;

import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.volume.Conv3d;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds likely mistakes in valid networks. */
final class Warnings {
  private final Network network;
  private final Map<String, Network.Node> nodes = new HashMap<>();
  private final List<String> found = new ArrayList<>();

  private Warnings(Network network) {
    this.network = network;
    network.nodes().forEach(n -> nodes.put(n.name(), n));
  }

  static List<String> of(Network network) {
    Warnings all = new Warnings(network);
    all.findUnread();
    all.findUnflattened();
    return List.copyOf(all.found);
  }

  private void findUnread() {
    Set<String> read = new HashSet<>(network.outputs());
    network.nodes().forEach(n -> read.addAll(n.inputs()));
    for (String input : network.inputs().keySet()) {
      if (!read.contains(input)) {
        found.add("input " + input + " is not read by any layer");
      }
    }
    for (Network.Node n : network.nodes()) {
      if (!read.contains(n.name())) {
        found.add("layer " + n.name() + " is not read by any layer and is not an output");
      }
    }
  }

  private void findUnflattened() {
    for (Network.Node n : network.nodes()) {
      String from = n.inputs().get(0);
      Shape in = network.shapes().get(from);
      if (n.layer() instanceof Linear && isImage(in) && isConvolved(from)) {
        found.add(
            "layer "
                + n.name()
                + ": linear applies to the last axis of "
                + from
                + ", "
                + in
                + ", and not to all of its values: add a flatten layer before it");
      }
    }
  }

  /** Returns whether a shape has three axes, of which the first or second is larger than 1. */
  private static boolean isImage(Shape shape) {
    if (shape.rank() != 3) {
      return false;
    }
    return shape.isFree(1) || shape.dim(0) * shape.dim(1) > 1;
  }

  /**
   * Returns whether a value is computed by a convolution, without a later layer that permutes or
   * reshapes axes.
   */
  private boolean isConvolved(String name) {
    Network.Node node = nodes.get(name);
    while (node != null) {
      if (node.layer() instanceof Conv2d
          || node.layer() instanceof Conv1d
          || node.layer() instanceof Conv3d) {
        return true;
      }
      if (node.layer() instanceof Permute || node.layer() instanceof Reshape) {
        return false;
      }
      node = nodes.get(node.inputs().get(0));
    }
    return false;
  }
}

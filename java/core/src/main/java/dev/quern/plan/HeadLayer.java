package dev.quern.plan;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.Quantized;
import dev.quern.network.Network;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the head of a network with one output: its last linear layer or convolution. */
public final class HeadLayer {
  private HeadLayer() {}

  /**
   * Returns the last node that has weights: a linear layer or ungrouped convolution, followed only
   * by layers with one input.
   *
   * @throws InvalidArgumentException if there are several outputs, or if the last node with weights
   *     is of another type
   */
  public static Network.Node of(Network network) {
    requireOneOutput(network);
    return find(network)
        .orElseThrow(() -> refused(network, "it does not end in a linear layer or a convolution"));
  }

  /**
   * Returns the head of a network; empty if there are several outputs, or if the last node with
   * weights is of another type.
   */
  public static Optional<Network.Node> find(Network network) {
    if (network.outputs().size() > 1) {
      return Optional.empty();
    }
    Map<String, Network.Node> nodes = new LinkedHashMap<>();
    network.nodes().forEach(n -> nodes.put(n.name(), n));
    Network.Node at = nodes.get(network.outputs().get(0));
    while (at != null) {
      Layer layer = at.layer() instanceof Quantized q ? q.plain() : at.layer();
      boolean grouped = layer instanceof Conv2d c && c.groups() > 1;
      if (!grouped && (layer instanceof Linear || layer instanceof Conv2d)) {
        return Optional.of(at);
      }
      if (!network.facts(at.name()).parameters().isEmpty() || at.inputs().size() != 1) {
        break;
      }
      at = nodes.get(at.inputs().get(0));
    }
    return Optional.empty();
  }

  /**
   * Checks that a network has exactly one output.
   *
   * @throws InvalidArgumentException if there are several outputs
   */
  public static void requireOneOutput(Network network) {
    if (network.outputs().size() > 1) {
      throw refused(
          network, "it has outputs " + network.outputs() + ", a head requires exactly one");
    }
  }

  public static InvalidArgumentException refused(Network network, String why) {
    return new InvalidArgumentException("network " + network.name() + ": " + why);
  }
}

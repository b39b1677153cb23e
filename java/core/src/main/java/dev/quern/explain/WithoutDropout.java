package dev.quern.explain;

import dev.quern.layer.Dropout;
import dev.quern.network.Network;
import java.util.List;

/** Replaces dropout layers by the identity, for plans that compute gradients without dropout. */
final class WithoutDropout {
  private WithoutDropout() {}

  static Network of(Network network) {
    List<Network.Node> nodes =
        network.nodes().stream()
            .map(
                n ->
                    n.layer() instanceof Dropout
                        ? new Network.Node(n.name(), new Dropout(0), n.inputs())
                        : n)
            .toList();
    return nodes.equals(network.nodes())
        ? network
        : new Network(network.name(), network.inputs(), nodes, network.outputs(), network.tasks());
  }
}

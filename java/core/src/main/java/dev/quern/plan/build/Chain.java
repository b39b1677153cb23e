package dev.quern.plan.build;

import dev.quern.layer.Layer;
import dev.quern.network.Network;
import java.util.List;

/**
 * Nodes that run as one operation: a single node, or several nodes whose intermediate values no
 * other node reads.
 *
 * @param nodes the nodes, in order
 * @param inputs the names of the chain's inputs: inputs of the first node, then additional inputs
 *     of later nodes
 */
public record Chain(List<Network.Node> nodes, List<String> inputs) {
  static Chain of(Network.Node node) {
    return new Chain(List.of(node), node.inputs());
  }

  public Network.Node last() {
    return nodes.get(nodes.size() - 1);
  }

  /** Returns the name of the chain's output: the name of its last node. */
  public String name() {
    return last().name();
  }

  /**
   * Returns the first node's layer or, if it is one-dimensional, its two-dimensional equivalent.
   */
  Layer head() {
    return LayerPlans.as2d(nodes.get(0).layer());
  }

  public String headName() {
    return nodes.get(0).name();
  }

  public boolean fused() {
    return nodes.size() > 1;
  }

  /** Returns the first node whose layer has this type; null if there is none. */
  public Network.Node find(Class<? extends Layer> type) {
    return nodes.stream()
        .filter(n -> type.isInstance(LayerPlans.as2d(n.layer())))
        .findFirst()
        .orElse(null);
  }

  public boolean has(Class<? extends Layer> type) {
    return find(type) != null;
  }
}

package dev.quern.plan.build;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.network.Network;
import dev.quern.plan.memory.Frozen;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Operator fusion: finds chains of layers that run as one operation, which saves memory accesses.
 * Each {@link LayerPlan} defines the layers that may follow.
 */
final class Fusion {
  private final boolean training;
  private final Frozen frozen;
  private final Map<String, Long> pixels;
  private final Map<String, Shape> shapes = new HashMap<>();
  private final Map<String, Network.Node> onlyReader = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  private Fusion(Network network, boolean training, Frozen frozen) {
    this.training = training;
    this.frozen = frozen;
    pixels = Orders.of(network);
    shapes.putAll(network.inputs());
    shapes.putAll(network.shapes());
    Set<String> several = new HashSet<>();
    for (Network.Node n : network.nodes()) {
      for (String from : n.inputs()) {
        if (onlyReader.put(from, n) != null) {
          several.add(from);
        }
      }
    }
    onlyReader.keySet().removeAll(several);
    onlyReader.keySet().removeAll(Set.copyOf(network.outputs())); // the caller reads them
  }

  /**
   * Returns the chains in execution order. In training, chains without a backward pass come first.
   */
  static List<Chain> chains(Network network, boolean training, Frozen frozen) {
    Fusion fusion = new Fusion(network, training, frozen);
    Map<String, Chain> byLast = new HashMap<>();
    List<Chain> chains = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      if (fusion.taken.add(n.name())) {
        Chain chain = fusion.chain(n);
        chain.nodes().forEach(in -> fusion.taken.add(in.name()));
        byLast.put(chain.name(), chain);
      }
      if (byLast.containsKey(n.name())) {
        chains.add(byLast.get(n.name()));
      }
    }
    if (training) {
      chains.sort(Comparator.comparing(c -> !frozen.ahead(c.name())));
    }
    return chains;
  }

  /** Returns whether the node has a backward pass. */
  private boolean backward(Network.Node n) {
    return training && !frozen.ahead(n.name());
  }

  private Chain chain(Network.Node head) {
    List<Network.Node> nodes = new ArrayList<>(List.of(head));
    List<String> inputs = new ArrayList<>(head.inputs());
    LayerPlan<?> plan = LayerPlans.of(LayerPlans.as2d(head.layer()));
    for (Set<Class<? extends Layer>> types : plan.followers(backward(head))) {
      Network.Node last = nodes.get(nodes.size() - 1);
      Network.Node next = onlyReader.get(last.name());
      if (next != null
          && fits(last, next, types)
          && plan.mayFollow(nodes, LayerPlans.as2d(next.layer()))
          && backward(next) == backward(head)) {
        nodes.add(next);
        next.inputs().stream().filter(in -> !in.equals(last.name())).forEach(inputs::add);
      }
    }
    boolean rounds = nodes.get(nodes.size() - 1).layer() instanceof FakeQuantize;
    return plan.endsRounded() && !rounds
        ? Chain.of(head)
        : new Chain(List.copyOf(nodes), List.copyOf(inputs));
  }

  /**
   * Returns whether the node {@code next} may be added to a chain. Among other conditions, the node
   * must not change the memory order.
   */
  private boolean fits(Network.Node last, Network.Node next, Set<Class<? extends Layer>> types) {
    return types.contains(LayerPlans.as2d(next.layer()).getClass())
        && pixels.get(last.name()).equals(pixels.get(next.name()))
        && !taken.contains(next.name())
        && !moves(next)
        && !stretches(next)
        && next.inputs().size() <= 2;
  }

  /** Returns whether the node broadcasts an input to a larger output. */
  private boolean stretches(Network.Node n) {
    return n.inputs().stream().anyMatch(in -> !shapes.get(in).equals(shapes.get(n.name())));
  }

  /**
   * Returns whether the node updates running statistics. Such a node is not fused, because it needs
   * the value that it normalizes.
   */
  private boolean moves(Network.Node n) {
    return training
        && LayerPlans.as2d(n.layer()) instanceof BatchNorm2d
        && !frozen.statistics(n.name());
  }
}

package dev.quern.plan;

import dev.quern.layer.Add;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Relu;
import dev.quern.layer.Relu6;
import dev.quern.network.Network;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds chains of layers that run as one operation, which saves passes over memory: batch
 * normalisation, a sum of two and ReLU, each but the first optional. In inference a convolution may
 * stand before them, which then is the first, and end in ReLU6 too; in training its own output is
 * needed again.
 */
final class Fusion {
  private final boolean training;
  private final Map<String, Network.Node> onlyReader = new HashMap<>();
  private final Set<String> taken = new HashSet<>();

  private Fusion(Network network, boolean training) {
    this.training = training;
    Set<String> several = new HashSet<>();
    for (Network.Node n : network.nodes()) {
      for (String from : n.inputs()) {
        if (onlyReader.put(from, n) != null) {
          several.add(from);
        }
      }
    }
    onlyReader.keySet().removeAll(several);
    List<Network.Node> nodes = network.nodes();
    onlyReader.remove(nodes.get(nodes.size() - 1).name()); // the caller reads it
  }

  /** The network's nodes in order, a chain standing where its last node stood. */
  static List<Step> steps(Network network, boolean training) {
    Fusion fusion = new Fusion(network, training);
    Map<String, Step> byLast = new HashMap<>();
    List<Step> steps = new ArrayList<>();
    for (Network.Node n : network.nodes()) {
      if (fusion.taken.add(n.name())) {
        Step step = fusion.chain(n);
        step.nodes().forEach(in -> fusion.taken.add(in.name()));
        byLast.put(step.name(), step);
      }
      if (byLast.containsKey(n.name())) {
        steps.add(byLast.get(n.name()));
      }
    }
    return steps;
  }

  private Step chain(Network.Node head) {
    boolean conv = !training && head.layer() instanceof Conv2d;
    if (!conv && !(head.layer() instanceof BatchNorm2d)) {
      return Step.of(head);
    }
    List<Network.Node> nodes = new ArrayList<>(List.of(head));
    List<String> inputs = new ArrayList<>(head.inputs());
    if (conv) {
      take(nodes, BatchNorm2d.class);
    }
    String before = nodes.get(nodes.size() - 1).name();
    if (take(nodes, Add.class)) {
      List<String> sum = nodes.get(nodes.size() - 1).inputs();
      inputs.add(sum.get(sum.get(0).equals(before) ? 1 : 0));
    }
    if (!take(nodes, Relu.class) && conv) {
      take(nodes, Relu6.class);
    }
    return new Step(List.copyOf(nodes), List.copyOf(inputs));
  }

  /** Appends the only reader of what the chain makes so far, if it is such a layer. */
  private boolean take(List<Network.Node> nodes, Class<? extends Layer> type) {
    Network.Node next = onlyReader.get(nodes.get(nodes.size() - 1).name());
    boolean fits =
        next != null
            && type.isInstance(next.layer())
            && !taken.contains(next.name())
            && (type != Add.class || next.inputs().size() == 2);
    if (fits) {
      nodes.add(next);
    }
    return fits;
  }
}

package dev.quern.plan.memory;

import dev.quern.network.Network;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Parameters and statistics that training does not change: some parameters, the running statistics
 * of layers with only frozen parameters, and, without a backward pass, all values that the network
 * computes before the first trained layer.
 */
public final class Frozen {
  /** Everything is trained. */
  public static final Frozen NOTHING = new Frozen(Set.of(), Set.of(), Set.of(), Set.of(), false);

  private final Set<String> parameters;
  private final Set<String> layers;
  private final Set<String> ahead;
  private final Set<String> still;

  private final boolean reachesInputs;

  private Frozen(
      Set<String> parameters,
      Set<String> layers,
      Set<String> ahead,
      Set<String> still,
      boolean reachesInputs) {
    this.parameters = parameters;
    this.layers = layers;
    this.ahead = ahead;
    this.still = still;
    this.reachesInputs = reachesInputs;
  }

  /**
   * @param parameters the dotted names of frozen parameters
   * @param statistics whether layers with only frozen parameters keep their running statistics, too
   */
  public static Frozen of(Network network, Collection<String> parameters, boolean statistics) {
    if (parameters.isEmpty()) {
      return NOTHING;
    }
    Set<String> frozen = Set.copyOf(parameters);
    Set<String> layers = new HashSet<>();
    Set<String> still = new HashSet<>();
    Set<String> ahead = new HashSet<>(network.inputs().keySet());
    for (Network.Node n : network.nodes()) {
      Network.Facts facts = network.facts(n.name());
      boolean stays =
          facts.parameters().stream().allMatch(p -> frozen.contains(n.name() + "." + p.name()));
      if (stays && !facts.parameters().isEmpty()) {
        layers.add(n.name());
        if (statistics) {
          still.add(n.name());
        }
      }
      if (stays && ahead.containsAll(n.inputs())) {
        ahead.add(n.name());
      }
    }
    return new Frozen(frozen, layers, ahead, still, false);
  }

  /** Nothing is trained, and gradients go to the network's inputs all the same. */
  public static Frozen toInputs(Network network) {
    Frozen all = of(network, network.parameters().keySet(), true);
    return new Frozen(all.parameters, all.layers, Set.of(), all.still, true);
  }

  /** Whether inputs have gradients. */
  public boolean reachesInputs() {
    return reachesInputs;
  }

  /** Whether a parameter stays as it is. */
  public boolean parameter(String name) {
    return parameters.contains(name);
  }

  /** Whether a node has parameters, all of which stay as they are. */
  public boolean layer(String node) {
    return layers.contains(node);
  }

  /** Whether no gradient goes to a node: neither it nor anything that leads to it is trained. */
  public boolean ahead(String node) {
    return ahead.contains(node);
  }

  /** Whether a node that has running statistics keeps them, and goes by them. */
  public boolean statistics(String node) {
    return still.contains(node);
  }
}

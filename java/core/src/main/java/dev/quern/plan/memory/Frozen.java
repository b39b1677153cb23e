package dev.quern.plan.memory;

import dev.quern.network.Network;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * The parts of a network that training does not change: frozen parameters, and running statistics
 * of layers whose parameters are all frozen. Layers before the first trained layer have no backward
 * pass.
 */
public final class Frozen {
  /** The instance in which nothing is frozen. */
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
   * Creates an instance for a network with these frozen parameters.
   *
   * @param parameters the dotted names of frozen parameters
   * @param statistics whether running statistics are also frozen, in layers whose parameters are
   *     all frozen
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

  /**
   * Creates an instance for computing gradients of a network's inputs: all parameters are frozen,
   * but every layer has a backward pass.
   */
  public static Frozen toInputs(Network network) {
    Frozen all = of(network, network.parameters().keySet(), true);
    return new Frozen(all.parameters, all.layers, Set.of(), all.still, true);
  }

  /** Returns whether gradients of the network's inputs are computed. */
  public boolean reachesInputs() {
    return reachesInputs;
  }

  /** Returns whether a parameter is frozen, by its dotted name. */
  public boolean parameter(String name) {
    return parameters.contains(name);
  }

  /** Returns whether a node has parameters and all of them are frozen. */
  public boolean layer(String node) {
    return layers.contains(node);
  }

  /**
   * Returns whether a node has no backward pass, because neither the node nor any node before it is
   * trained.
   */
  public boolean ahead(String node) {
    return ahead.contains(node);
  }

  /** Returns whether a node's running statistics are frozen. */
  public boolean statistics(String node) {
    return still.contains(node);
  }
}

package dev.quern.plan.build;

import dev.quern.network.Network;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * An operation that can read the network's input in C, H, W order directly from the caller's
 * memory.
 */
public interface PlanesReader {
  /** Sets the address at which the next passes read the input, outside the plan's memory. */
  void readFrom(Pointer input);

  /**
   * Returns whether the network has one input with one reader, and this reader supports C, H, W
   * order.
   */
  static boolean reads(Builder b, Network network, List<Chain> chains) {
    String name = network.inputs().keySet().iterator().next();
    List<Chain> readers = chains.stream().filter(s -> s.inputs().contains(name)).toList();
    return network.inputs().size() == 1
        && network.input().rank() == 3
        && network.input().dim(0) > 1
        && readers.size() == 1
        && readers.get(0).inputs().size() == 1
        && LayerPlans.readsPlanes(b, readers.get(0), network.input());
  }
}

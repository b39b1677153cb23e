package dev.quern.plan.build;

import dev.quern.network.Network;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** An operation that reads the network's input in the caller's memory, in C, H, W order. */
public interface PlanesReader {
  /** Sets the memory from which the next passes read their input, instead of the plan's. */
  void readFrom(Pointer input);

  /** Returns whether a network's only input stays in C, H, W order for its only reader. */
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

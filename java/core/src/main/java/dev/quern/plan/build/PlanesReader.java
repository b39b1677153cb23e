package dev.quern.plan.build;

import dev.quern.network.Network;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** An operation that reads the network's input where the callers left it, plane after plane. */
public interface PlanesReader {
  /** Has the next passes read their input there, not in the slab. */
  void readFrom(Pointer input);

  /** Whether a network's only input stays in the callers' planes for its single reader. */
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

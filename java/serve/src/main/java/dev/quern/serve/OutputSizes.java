package dev.quern.serve;

import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Computes the number of a network's output values for given input shapes, without running the
 * network. Thread-safe.
 */
final class OutputSizes {
  /** Maximum number of cached input shapes of a network with dynamic sizes. */
  private static final int KEPT = 64;

  private final Network network;

  private final Map<Map<String, Shape>, Long> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Map<String, Shape>, Long> eldest) {
          return size() > KEPT;
        }
      };

  OutputSizes(Network network) {
    this.network = network;
  }

  /**
   * Returns the number of values of all outputs together for one sample.
   *
   * @param sample the shape of each input for one sample, by name
   * @throws dev.quern.error.ShapeException if the network does not accept the shapes
   */
  long values(Map<String, Shape> sample) {
    if (!network.isFree()) {
      return values(network);
    }
    synchronized (known) {
      Long before = known.get(sample);
      if (before != null) {
        return before;
      }
    }
    long values = values(network.at(sample)); // may call custom layers
    synchronized (known) {
      known.put(Map.copyOf(sample), values);
    }
    return values;
  }

  private static long values(Network sized) {
    return sized.outputs().stream().mapToLong(o -> sized.shapes().get(o).elements()).sum();
  }
}

package dev.quern.engine;

import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The implementation of each convolution of a network. Implementations round differently, so
 * results are bit-identical only with the same implementations.
 *
 * @param byLayer map from layer names to names of implementations (see {@link
 *     dev.quern.eager.Conv2dPass#implementations}), in the network's order
 */
public record Implementations(Map<String, String> byLayer) {
  public Implementations {
    byLayer = Require.all("implementations", "layers", byLayer);
  }

  /**
   * Returns the number of layers per implementation, for example {@code winograd x18, direct x3};
   * {@code none} if there are no convolutions.
   */
  @Override
  public String toString() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    byLayer.values().forEach(name -> counts.merge(name, 1, Integer::sum));
    return counts.isEmpty()
        ? "none"
        : counts.entrySet().stream()
            .map(e -> e.getKey() + " x" + e.getValue())
            .collect(Collectors.joining(", "));
  }
}

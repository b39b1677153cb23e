package dev.quern.engine;

import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The implementation of each convolution of a network. Implementations round differently, so
 * results are bit-identical only with the same implementations.
 *
 * @param byLayer implementation, named as in {@link dev.quern.eager.Conv2dPass#implementations}, by
 *     layer name, in the network's order
 */
public record Implementations(Map<String, String> byLayer) {
  public Implementations {
    byLayer = Require.all("implementations", "layers", byLayer);
  }

  /** Returns the layers per implementation: {@code winograd x18, direct x3}, or {@code none}. */
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

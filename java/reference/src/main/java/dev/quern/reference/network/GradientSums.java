package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import java.util.HashMap;
import java.util.Map;

/**
 * Gradients of a graph's nodes while they are collected: each of the nodes that an output feeds
 * adds its share.
 */
final class GradientSums {
  private final Map<String, NdArray> sums = new HashMap<>();

  /** Adds a share; the first one is copied, so that no caller's array changes later. */
  void add(String node, NdArray share) {
    NdArray sum = sums.get(node);
    if (sum == null) {
      sums.put(node, share.copy());
      return;
    }
    Checks.shape("network", "gradient of " + node, share, sum.shape());
    for (int i = 0; i < sum.size(); i++) {
      sum.add(i, share.get(i));
    }
  }

  /** The sum so far, or null where nothing flowed back to the node. */
  NdArray get(String node) {
    return sums.get(node);
  }
}

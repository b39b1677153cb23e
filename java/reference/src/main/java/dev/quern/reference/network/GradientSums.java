package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import java.util.HashMap;
import java.util.Map;

/**
 * Gradients of a network's nodes, summed during the backward pass: each reader of a node's output
 * adds its gradient.
 */
final class GradientSums {
  private final Map<String, NdArray> sums = new HashMap<>();

  /**
   * Adds a gradient to a node's sum; the first gradient is copied, so that no caller's array is
   * changed later.
   */
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

  /** Returns a node's sum so far, or null if no gradient was added. */
  NdArray get(String node) {
    return sums.get(node);
  }
}

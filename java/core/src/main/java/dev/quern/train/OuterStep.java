package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Parameter;
import dev.quern.network.Network;
import java.util.LinkedHashMap;
import java.util.Map;

/** The outer step of local SGD and its momentum. Not thread-safe. */
final class OuterStep {
  private final Map<String, float[]> momentum = new LinkedHashMap<>();

  /**
   * Returns a parameter's values after an outer step.
   *
   * @param way the mean change of the parameter over the replicas; overwritten with the result
   */
  float[] moved(String name, float[] from, float[] way, LocalSgd rule) {
    if (rule.momentum() == 0) {
      for (int i = 0; i < way.length; i++) {
        way[i] = from[i] + rule.lr() * way[i];
      }
      return way;
    }
    float[] m = momentum.computeIfAbsent(name, n -> new float[way.length]);
    for (int i = 0; i < way.length; i++) {
      m[i] = rule.momentum() * m[i] + way[i];
      way[i] = from[i] + rule.lr() * (way[i] + rule.momentum() * m[i]);
    }
    return way;
  }

  /** Returns copies of the momentum arrays, by their names in a training state. */
  Map<String, float[]> state() {
    Map<String, float[]> all = new LinkedHashMap<>();
    momentum.forEach((name, m) -> all.put(StateNames.outer(name), m.clone()));
    return all;
  }

  /**
   * Checks the momentum arrays of a training state.
   *
   * @throws InvalidArgumentException if an array does not match a parameter of the network
   */
  static void require(Network network, Map<String, float[]> momentum) {
    momentum.forEach(
        (name, m) -> {
          Parameter p = network.parameters().get(name);
          if (p == null || p.shape().elements() != m.length) {
            throw new InvalidArgumentException(
                "trainer: the state's tensor "
                    + StateNames.outer(name)
                    + " has "
                    + m.length
                    + " values and does not match a parameter of network "
                    + network.name());
          }
        });
  }

  /** Restores the momentum arrays, by the names of their weights in the network. */
  void restore(Map<String, float[]> had) {
    momentum.clear();
    had.forEach((name, m) -> momentum.put(name, m.clone()));
  }
}

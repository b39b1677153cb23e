package dev.quern.train;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names of tensors in a training state or a contribution. */
final class StateNames {
  private static final String GRADIENTS = "gradients.";
  private static final String OUTER = "outer.";

  private StateNames() {}

  static String weight(String name) {
    return TrainingState.WEIGHTS + name;
  }

  static String gradient(String name) {
    return GRADIENTS + name;
  }

  static String outer(String name) {
    return OUTER + name;
  }

  /** Returns a weight's name without the prefix, and any other name unchanged. */
  static String bare(String name) {
    return name.startsWith(TrainingState.WEIGHTS)
        ? name.substring(TrainingState.WEIGHTS.length())
        : name;
  }

  /**
   * Returns the weights and running statistics among these tensors, by their names in the network.
   */
  static Map<String, float[]> weights(Map<String, float[]> tensors) {
    return below(TrainingState.WEIGHTS, tensors);
  }

  static Map<String, float[]> gradients(Map<String, float[]> tensors) {
    return below(GRADIENTS, tensors);
  }

  /**
   * Returns the momentum arrays of the outer step among these tensors, by the names of their
   * weights in the network.
   */
  static Map<String, float[]> outer(Map<String, float[]> tensors) {
    return below(OUTER, tensors);
  }

  /** Returns the optimizer's state arrays among these tensors, by their full names. */
  static Map<String, float[]> ofOptimizer(Map<String, float[]> tensors) {
    Map<String, float[]> all = new LinkedHashMap<>(tensors);
    all.keySet().removeIf(n -> n.startsWith(TrainingState.WEIGHTS) || n.startsWith(OUTER));
    return all;
  }

  private static Map<String, float[]> below(String prefix, Map<String, float[]> tensors) {
    Map<String, float[]> all = new LinkedHashMap<>();
    tensors.forEach(
        (name, values) -> {
          if (name.startsWith(prefix)) {
            all.put(name.substring(prefix.length()), values);
          }
        });
    return all;
  }
}

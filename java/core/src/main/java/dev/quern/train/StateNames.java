package dev.quern.train;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names of what a training state or a contribution holds. */
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

  /** A weight's own name; else the name as it is. */
  static String bare(String name) {
    return name.startsWith(TrainingState.WEIGHTS)
        ? name.substring(TrainingState.WEIGHTS.length())
        : name;
  }

  /** Weights and running statistics, by their own names. */
  static Map<String, float[]> weights(Map<String, float[]> tensors) {
    return below(TrainingState.WEIGHTS, tensors);
  }

  static Map<String, float[]> gradients(Map<String, float[]> tensors) {
    return below(GRADIENTS, tensors);
  }

  /** The momentum of the step over several replicas, by the weights' own names. */
  static Map<String, float[]> outer(Map<String, float[]> tensors) {
    return below(OUTER, tensors);
  }

  /** The arrays of the optimizer, by their whole names. */
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

package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.OffHeap;
import dev.quern.plan.build.Weights;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/**
 * The state arrays of an {@link Optimization} by name: optimizer state, accumulated gradients, slow
 * and averaged weights. Not thread-safe.
 */
final class OptimizationState {
  private static final String AVERAGED = "ema.";

  private final Weights weights;
  private final ParameterPiece[] pieces;
  private final List<OffHeap> states;
  private final OffHeap sum;
  private final OffHeap slow;
  private final Weights averaged;

  /**
   * Creates the state from its arrays, which are not copied.
   *
   * @param states the optimizer's state arrays, each with the layout of the weights
   * @param sum the accumulated gradients; null without accumulation
   * @param slow the slow weights; null without lookahead
   * @param averaged the averaged weights; null without averaging
   */
  OptimizationState(
      Weights weights,
      ParameterPiece[] pieces,
      List<OffHeap> states,
      OffHeap sum,
      OffHeap slow,
      Weights averaged) {
    this.weights = weights;
    this.pieces = pieces;
    this.states = states;
    this.sum = sum;
    this.slow = slow;
    this.averaged = averaged;
  }

  /** Returns copies of all arrays. */
  Map<String, float[]> copy(long updates, int accumulated) {
    Map<String, float[]> all = new LinkedHashMap<>();
    visit(
        updates,
        accumulated,
        (name, block, parameter) -> all.put(name, weights.copy(parameter, block)));
    if (averaged != null && updates > 0) {
      averaged.copy().forEach((name, values) -> all.put(AVERAGED + name, values));
    }
    return all;
  }

  /** Copies the arrays of a state with fewer trained parameters into this one. */
  void takeOver(Map<String, float[]> had, long updates, int accumulated) {
    visit(
        updates,
        accumulated,
        (name, block, parameter) -> {
          if (had.containsKey(name)) {
            weights.set(parameter, had.get(name), block);
          }
        });
    setAveraged(had, updates);
  }

  /**
   * Restores the result of {@link #copy}.
   *
   * @throws InvalidArgumentException if a tensor is missing, unknown or has the wrong size; the
   *     arrays are then unchanged
   */
  void set(TrainingState.Progress p, Map<String, float[]> tensors) {
    Map<String, Long> wanted = new LinkedHashMap<>();
    visit(
        p.updates(),
        p.accumulated(),
        (name, block, parameter) -> wanted.put(name, weights.elements(parameter)));
    if (averaged != null && p.updates() > 0) {
      weights.network().state().forEach((name, s) -> wanted.put(AVERAGED + name, s.elements()));
    }
    wanted.forEach((name, length) -> requireLength(name, length, tensors.get(name)));
    requireOnly(wanted.keySet(), tensors.keySet());
    if (p.updates() == 0) { // a state before the first update has no arrays: all are 0
      states.forEach(block -> Pointer.memset(block.pointer(0), 0, block.bytes()));
    }
    visit(
        p.updates(),
        p.accumulated(),
        (name, block, parameter) -> weights.set(parameter, tensors.get(name), block));
    setAveraged(tensors, p.updates());
  }

  private void setAveraged(Map<String, float[]> from, long updates) {
    if (averaged != null && updates > 0) {
      weights.network().state().keySet().forEach(n -> averaged.set(n, from.get(AVERAGED + n)));
    }
  }

  private static void requireLength(String name, long length, float[] valuesOrNull) {
    if (valuesOrNull == null || valuesOrNull.length != length) {
      throw new InvalidArgumentException(
          "trainer: the state's tensor "
              + name
              + (valuesOrNull == null ? " is missing" : " has " + valuesOrNull.length + " values")
              + ", expected "
              + length
              + " values");
    }
  }

  /** Rejects unknown tensors in a state, which would otherwise be lost silently. */
  private void requireOnly(Set<String> wanted, Set<String> held) {
    Set<String> others = new LinkedHashSet<>(held);
    others.removeAll(wanted);
    weights.network().state().keySet().forEach(n -> others.remove(TrainingState.WEIGHTS + n));
    if (!others.isEmpty()) {
      throw new InvalidArgumentException(
          "trainer: the state's tensor " + others.iterator().next() + " is unknown to the trainer");
    }
  }

  private interface Visitor {
    void tensor(String name, OffHeap block, String parameter);
  }

  /** Calls a visitor for every array of the state. */
  private void visit(long updates, int accumulated, Visitor v) {
    for (ParameterPiece s : pieces) {
      for (String parameter : s.parameters()) {
        for (int i = 0; updates > 0 && i < s.states().size(); i++) {
          v.tensor("optimizer." + s.states().get(i) + "." + parameter, states.get(i), parameter);
        }
        if (accumulated > 0) {
          v.tensor("accumulated." + parameter, sum, parameter);
        }
        if (slow != null) {
          v.tensor("lookahead." + parameter, slow, parameter);
        }
      }
    }
  }
}

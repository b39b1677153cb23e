package dev.quern.plan;

import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.tensor.Tensor;
import java.util.function.DoubleSupplier;

/** A batch provided by the caller. */
public interface Batch {
  /**
   * Runs a step that loads this batch. The step may read the inputs in the caller's memory until
   * the step returns.
   */
  double during(DoubleSupplier step);

  void load(Plan plan);

  /**
   * Marks a tensor's arena as in use and returns the usage. The arena's memory is not freed before
   * {@link Usage#exit}.
   */
  static Usage entered(Tensor tensor) {
    Usage arena = TensorAccess.get().usage(tensor.arena());
    arena.enter();
    return arena;
  }
}

package dev.quern.plan;

import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.tensor.Tensor;
import java.util.function.DoubleSupplier;

/** A batch provided by the caller. */
public interface Batch {
  /** Takes a step that loads this batch and may read the inputs, where they lie, until its end. */
  double during(DoubleSupplier step);

  void load(Plan plan);

  /** Keeps the tensor's arena open until the caller leaves. */
  static Usage entered(Tensor tensor) {
    Usage arena = TensorAccess.get().usage(tensor.arena());
    arena.enter();
    return arena;
  }
}

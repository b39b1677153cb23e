package dev.quern.plan;

import dev.quern.plan.build.Weights;
import dev.quern.plan.loss.Logits;
import java.util.function.Consumer;

/**
 * Creates a trainer's evaluator on first use, and again when the weights object changes. Not
 * thread-safe.
 */
public final class LazyEvaluator implements AutoCloseable {
  private final Logits logits;
  private final int batch;
  private Evaluator evaluator;

  public LazyEvaluator(Logits logits, int batch) {
    this.logits = logits;
    this.batch = batch;
  }

  /**
   * Returns the evaluator for these weights.
   *
   * @param check a function that is called before a new evaluator allocates memory; it may throw an
   *     exception to reject the evaluator
   */
  public Evaluator of(Weights weights, Consumer<Evaluator> check) {
    if (evaluator != null && !evaluator.isOf(weights)) {
      close();
    }
    if (evaluator == null) {
      Evaluator made = new Evaluator(logits, weights, batch);
      try {
        check.accept(made);
        evaluator = made.allocate();
      } catch (RuntimeException | Error e) {
        made.close();
        throw e;
      }
    }
    return evaluator;
  }

  public boolean isRunning() {
    return evaluator != null && evaluator.isRunning();
  }

  public long bytes() {
    return evaluator == null ? 0 : evaluator.bytes();
  }

  @Override
  public void close() {
    if (evaluator != null) {
      evaluator.close();
      evaluator = null;
    }
  }
}

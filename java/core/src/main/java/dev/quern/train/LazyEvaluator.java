package dev.quern.train;

import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.OutputLoss;
import dev.quern.plan.Weights;
import java.util.List;
import java.util.function.Consumer;

/** A trainer's evaluator: made when first needed, and again for other weights. Not thread-safe. */
final class LazyEvaluator implements AutoCloseable {
  private final Network network;
  private final int batch;
  private final List<OutputLoss> losses;
  private Evaluator evaluator;

  LazyEvaluator(Network network, int batch, List<OutputLoss> losses) {
    this.network = network;
    this.batch = batch;
    this.losses = losses;
  }

  /**
   * @param check may refuse an evaluator before it takes memory
   */
  Evaluator of(Weights weights, Consumer<Evaluator> check) {
    if (evaluator != null && !evaluator.isOf(weights)) {
      close();
    }
    if (evaluator == null) {
      Evaluator made = new Evaluator(network, weights, batch, losses);
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

  boolean isRunning() {
    return evaluator != null && evaluator.isRunning();
  }

  long bytes() {
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

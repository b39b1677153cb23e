package dev.quern.train;

import dev.quern.internal.Memory;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.Initializer;
import dev.quern.plan.Plan;
import dev.quern.plan.Weights;

/** A trainer's memory: all of it is there, or none. */
final class TrainerParts implements AutoCloseable {
  final Weights weights;
  final Plan plan;
  final Optimization optimization;
  private final LazyEvaluator evaluator;
  private final MemoryBudget budget;

  /** The weights as a model packs them: kernels of inference round otherwise than those here. */
  private Weights served;

  TrainerParts(TrainerBuilder b) {
    Network network = b.logits.network();
    budget = new MemoryBudget(b.memoryLimit);
    Weights w = null;
    Optimization o = null;
    Plan p = null;
    try {
      synchronized (Memory.IN_PIECES) {
        w = Weights.training(network, b.frozen(), b.precision);
        p = Plan.training(network, w, b.batch, b.logits.losses(), b.recompute);
        o = new Optimization(b, w);
        budget.require(w.bytes(), o.bytes(), p.bytes());
        p.allocate();
      }
      TrainingState.requireWeights(b.network, b.weights);
      Initializer.initialize(w, b.initializers, b.seed);
      b.weights.forEach(w::set);
      w.pack();
      o.started();
    } catch (RuntimeException | Error e) {
      close(p, w, o);
      throw e;
    }
    weights = w;
    plan = p;
    optimization = o;
    evaluator = new LazyEvaluator(b.logits, Math.min(p.batch(), Evaluator.BATCH));
  }

  long bytes() {
    return weights.bytes()
        + optimization.bytes()
        + plan.bytes()
        + servedBytes()
        + evaluator.bytes();
  }

  boolean isEvaluating() {
    return evaluator.isRunning();
  }

  /** Of the weights of now, or their average; it says what a model of them says. */
  Evaluator evaluator() {
    Weights now = optimization.evaluated();
    if (now != weights) {
      return evaluator.of(now, this::requireMemory);
    }
    if (served != null) {
      served.pack();
      return evaluator.of(served, this::requireMemory);
    }
    served = weights.at(weights.network());
    try {
      return evaluator.of(served, this::requireMemory);
    } catch (RuntimeException | Error e) {
      served.close();
      served = null;
      throw e;
    }
  }

  private long servedBytes() {
    return served == null ? 0 : served.bytes();
  }

  private void requireMemory(Evaluator made) {
    budget.require(
        weights.bytes() + servedBytes(), optimization.bytes(), plan.bytes() + made.bytes());
  }

  @Override
  public void close() {
    evaluator.close();
    if (served != null) {
      served.close();
    }
    close(plan, weights, optimization);
  }

  private static void close(Plan planOrNull, Weights weightsOrNull, Optimization ofThemOrNull) {
    if (planOrNull != null) {
      planOrNull.close();
    }
    if (weightsOrNull != null) {
      weightsOrNull.close();
    }
    if (ofThemOrNull != null) {
      ofThemOrNull.close();
    }
  }
}

package dev.quern.train;

import dev.quern.engine.Precision;
import dev.quern.internal.Memory;
import dev.quern.network.Network;
import dev.quern.plan.Evaluator;
import dev.quern.plan.LazyEvaluator;
import dev.quern.plan.MemoryBudget;
import dev.quern.plan.Plan;
import dev.quern.plan.build.Initializer;
import dev.quern.plan.build.Weights;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.plan.memory.Stages;
import java.util.List;
import java.util.Map;

/**
 * The memory of a trainer; if an allocation fails, all memory is freed. Weights, plan and
 * optimization are rebuilt in each epoch that unfreezes parameters. Not thread-safe.
 */
final class TrainerParts implements AutoCloseable {
  Weights weights;
  Plan plan;
  Optimization optimization;
  private final LazyEvaluator evaluator;
  private final MemoryBudget budget;
  private final Network network;
  private final Precision precision;
  private final int batch;
  private final List<OutputLoss> losses;
  private final boolean recompute;
  private final Stages stages;
  private final UpdateRules rules;
  private int stage;

  /**
   * The weights packed as in a model, since inference kernels round differently from training
   * kernels.
   */
  private Weights served;

  TrainerParts(TrainerSettings s) {
    network = s.logits.network();
    budget = new MemoryBudget(s.memoryLimit);
    precision = s.precision;
    batch = s.batch;
    losses = s.logits.losses();
    recompute = s.recompute;
    stages = s.stages();
    rules = UpdateRules.of(s, stages);
    Made made = made(0);
    try {
      TrainingState.requireWeights(s.network, s.weights);
      Initializer.initialize(made.weights, s.initializers, s.seed);
      made.set(s.weights);
      made.weights.requireWhole();
      made.optimization.started();
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
    take(made, 0);
    evaluator = new LazyEvaluator(s.logits, Math.min(batch, Evaluator.BATCH));
  }

  /** The parts that are built for one stage of unfreezing. */
  private record Made(Weights weights, Plan plan, Optimization optimization)
      implements AutoCloseable {
    void set(Map<String, float[]> values) {
      values.forEach(weights::set);
      weights.pack();
    }

    @Override
    public void close() {
      TrainerParts.close(plan, weights, optimization);
    }
  }

  private Made made(int of) {
    Weights w = null;
    Optimization o = null;
    Plan p = null;
    try {
      synchronized (Memory.IN_PIECES) {
        w = Weights.training(network, stages.frozen(of), precision);
        p = Plan.training(network, w, batch, losses, recompute);
        o = new Optimization(rules, w);
        budget.require(w.bytes(), o.bytes(), p.bytes());
        p.allocate();
      }
      return new Made(w, p, o);
    } catch (RuntimeException | Error e) {
      close(p, w, o);
      throw e;
    }
  }

  private void take(Made made, int of) {
    weights = made.weights;
    plan = made.plan;
    optimization = made.optimization;
    stage = of;
  }

  /** Replaces the parts by those of another stage. */
  private void replace(Made made, int of) {
    Made before = new Made(weights, plan, optimization);
    evaluator.close();
    if (served != null) {
      served.close();
      served = null;
    }
    take(made, of);
    before.close();
  }

  /**
   * Prepares an epoch, and rebuilds the parts if the epoch unfreezes parameters.
   *
   * @param epoch the epoch, counted from 1
   * @return whether the epoch unfreezes parameters
   */
  boolean begin(int epoch) {
    int next = stages.at(epoch);
    if (next == stage) {
      return false;
    }
    Made made = made(next);
    try {
      made.set(weights.copy());
      made.optimization.goOnFrom(optimization);
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
    replace(made, next);
    return true;
  }

  /**
   * Restores a state; if the state is rejected, nothing is changed.
   *
   * @param values the weights and running statistics of the state
   */
  void restore(
      TrainingState.Progress p, Map<String, float[]> tensors, Map<String, float[]> values) {
    int wanted = stages.at(p.epochs());
    if (wanted == stage) {
      optimization.restore(p, tensors, wanted);
      values.forEach(weights::set);
      weights.pack();
      return;
    }
    Made made = made(wanted);
    try {
      made.optimization.restore(p, tensors, wanted);
      made.set(values);
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
    replace(made, wanted);
  }

  long bytes() {
    return weights.bytes()
        + optimization.bytes()
        + plan.bytes()
        + servedBytes()
        + evaluator.bytes();
  }

  /**
   * Selects the stage of an epoch, and sets weights and running statistics; optimizer state and
   * averages are kept.
   */
  void take(int epoch, Map<String, float[]> values) {
    int wanted = stages.at(epoch);
    if (wanted == stage) {
      values.forEach(weights::set);
      weights.pack();
      return;
    }
    Made made = made(wanted);
    try {
      made.set(values);
    } catch (RuntimeException | Error e) {
      made.close();
      throw e;
    }
    replace(made, wanted);
  }

  /** Returns the number of steps of an epoch with this many images. */
  int stepsOf(int images) {
    return (int) (((long) images + batch - 1) / batch);
  }

  boolean isEvaluating() {
    return evaluator.isRunning();
  }

  /**
   * Returns the evaluator for the current weights or their moving average; its result equals that
   * of a model with these weights.
   */
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

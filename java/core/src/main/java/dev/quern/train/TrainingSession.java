package dev.quern.train;

import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.engine.Implementations;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.NetworkData;
import dev.quern.feed.Views;
import dev.quern.internal.Usage;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.plan.Batch;
import dev.quern.plan.NamedBatch;
import dev.quern.plan.TensorBatch;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.LossTasks;
import dev.quern.predict.ModelData;
import dev.quern.profile.LayerTimes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The implementation of a {@link Trainer}: weights, plan and progress, for one call at a time. The
 * trainer reads the arguments of a call before it calls this class, because a custom data set may
 * be slow, or may call the trainer, while this class holds a lock.
 */
final class TrainingSession implements AutoCloseable {
  static final String CONTRIBUTE = "contribute";

  private final Network network;
  private final Map<String, Preprocessing> preprocessing;
  private final Map<String, Normalization> normalizations;
  private final Logits logits;
  private final Map<String, String> settings;
  private final TrainerParts parts;
  private final TrainingStep step;
  private final FitLoop fit;
  private final BatchSteps.Feed feed;
  private final OuterStep outer = new OuterStep();

  /** Whether the trainer computes contributions for another trainer. */
  private boolean contributing;

  /** The data of the last call of fit; null before the first call, or without a data set. */
  private @Nullable NetworkData trainedOn;

  private final Usage usage = new Usage("trainer", this);

  TrainingSession(TrainerSettings s) {
    network = s.network;
    preprocessing = s.preprocessing.all();
    normalizations = s.preprocessing.normalizations();
    logits = s.logits;
    settings = s.text();
    logits
        .losses()
        .forEach(of -> LossRules.requireNetwork(of.loss(), logits.network(), of.output()));
    network.inputs().forEach((name, shape) -> normalizations.get(name).requireFit(shape));
    parts = new TrainerParts(s);
    step = new TrainingStep(parts, s.seed);
    fit = new FitLoop(s, parts);
    feed = BatchSteps.Feed.of(s);
  }

  Implementations implementations() {
    return new Implementations(parts.weights.implementations());
  }

  long bytes() {
    return parts.bytes();
  }

  /** Runs work exclusively: other calls wait, and closing is rejected. */
  private synchronized <T> T inside(Supplier<T> work) {
    usage.enter();
    try {
      return work.get();
    } finally {
      usage.exit();
    }
  }

  /** Rejects a nested call on the same thread: it would change the state of the outer call. */
  private void requireIdle(String operation) {
    if (fit.isRunning() || step.isRunning() || contributing || parts.isEvaluating()) {
      throw new InvalidArgumentException(
          operation
              + ": a listener, layer or data set of this trainer called this method during its "
              + running());
    }
  }

  private String running() {
    if (fit.isRunning()) {
      return "fit";
    }
    if (step.isRunning()) {
      return "step";
    }
    return contributing ? CONTRIBUTE : "evaluation";
  }

  synchronized History fit(NetworkData data, int epochCount, TrainingListener listener) {
    if (data.size() == 0) {
      throw new InvalidArgumentException("fit: data set " + data.name() + " is empty");
    }
    requireIdle("fit");
    requireSamples(data);
    return inside(
        () -> {
          LossRules.requireSomeWeight(logits.losses(), data);
          trainedOn = data;
          return fit(new BatchSteps(parts, step, feed, data), epochCount, listener);
        });
  }

  private void requireSamples(NetworkData data) {
    LossRules.requireData(logits.losses(), logits.network(), data);
    LossRules.requireWeights(logits.losses(), data);
  }

  synchronized History fit(
      GradientExchange exchange, LocalSgd rule, int epochCount, TrainingListener listener) {
    requireIdle("fit");
    return inside(
        () -> {
          RoundSteps rounds = new RoundSteps(parts, step, exchange, rule, outer, settings);
          return fit(rounds, epochCount, listener);
        });
  }

  private History fit(StepSource steps, int epochCount, TrainingListener listener) {
    fit.requireGoesOn(epochCount, steps);
    return fit.run(steps, epochCount, listener);
  }

  /** Stops the running or next call of fit; may be called from any thread during another call. */
  void stop() {
    fit.stop();
  }

  synchronized Contribution contribute(Round round, int replica, NetworkData part) {
    requireIdle(CONTRIBUTE);
    round.requireSame(network, settings);
    if (part.size() == 0) {
      return Contribution.NONE;
    }
    requireSamples(part);
    return inside(
        () -> {
          contributing = true;
          try {
            return new ReplicaWork(parts, feed, round, replica, part).run();
          } finally {
            contributing = false;
          }
        });
  }

  double step(TensorBatch batch) {
    if (!network.isSingle()) {
      throw new InvalidArgumentException(
          "trainer: a step of network "
              + network.name()
              + " expects inputs "
              + network.inputs().keySet()
              + " and targets for "
              + network.outputs());
    }
    return run(batch);
  }

  double step(NamedBatch batch) {
    return run(batch);
  }

  /** Runs a step as {@link #inside} does, without allocating a boxed number. */
  private synchronized double run(Batch batch) {
    usage.enter();
    try {
      requireIdle("step");
      return batch.during(() -> step.run(() -> batch.load(parts.plan), false));
    } finally {
      usage.exit();
    }
  }

  Map<String, float[]> gradients() {
    return inside(() -> parts.weights.copyGradients());
  }

  LayerTimes profile(NetworkData data, int steps) {
    return inside(
        () -> {
          requireIdle(LayerProfile.NAME);
          return LayerProfile.of(parts, step, logits, normalizations, data, steps);
        });
  }

  Evaluation evaluate(NetworkData data) {
    return inside(() -> parts.evaluator().evaluate(data, normalizations));
  }

  Evaluation evaluate(Views all) {
    return inside(() -> parts.evaluator().evaluate(all.sources(), all.weights(), normalizations));
  }

  Map<String, Report> reports(NetworkData data) {
    return inside(() -> parts.evaluator().reports(data, normalizations));
  }

  TrainingState state() {
    return inside(
        () -> {
          Map<String, float[]> tensors = new LinkedHashMap<>();
          parts
              .weights
              .copy()
              .forEach((name, values) -> tensors.put(TrainingState.WEIGHTS + name, values));
          tensors.putAll(parts.optimization.state());
          tensors.putAll(outer.state());
          return new TrainingState(network, settings, progress(), tensors);
        });
  }

  private TrainingState.Progress progress() {
    Optimization optimization = parts.optimization;
    return new TrainingState.Progress(
        step.done(),
        optimization.updates(),
        optimization.accumulated(),
        fit.epochs(),
        fit.state(),
        optimization.unfrozen());
  }

  void restore(TrainingState state) {
    inside(
        () -> {
          requireIdle("restore");
          take(state);
          return null;
        });
  }

  /** Restores a state; if the state is rejected, nothing is changed. */
  private void take(TrainingState state) {
    state.requireSame(network, settings);
    Map<String, float[]> values = state.weights();
    TrainingState.requireWeights(network, values);
    TrainingState.Progress p = state.progress();
    fit.requireSteps(p.fit());
    Map<String, float[]> tensors = new LinkedHashMap<>(state.tensors());
    Map<String, float[]> momentum = StateNames.outer(tensors);
    OuterStep.require(network, momentum);
    momentum.keySet().forEach(name -> tensors.remove(StateNames.outer(name)));
    parts.restore(p, tensors, values);
    outer.restore(momentum);
    step.restore(p.steps());
    fit.restore(p);
  }

  /**
   * Returns a model with the current weights or their moving average.
   *
   * @param classes the class names of the first output; if the list is empty, the class names of
   *     the output's task or, if the task has none, of the training data
   */
  ModelData modelData(List<String> classes, Map<String, String> provenance) {
    return inside(
        () -> {
          Network known = LossTasks.named(LossTasks.of(network, logits.losses()), classes);
          if (trainedOn != null) {
            known = LossTasks.named(known, trainedOn);
          }
          return new ModelData(
              known, parts.optimization.evaluated().copyRounded(), preprocessing, provenance);
        });
  }

  @Override
  public void close() {
    if (usage.close()) {
      parts.close();
    }
  }
}

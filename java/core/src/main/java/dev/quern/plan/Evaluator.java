package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.loss.Loss;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;

/** Runs an inference plan over a data set. Not thread-safe. */
public final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Weights weights;
  private final Loss loss;
  private final Plan plan;
  private boolean running;

  public Evaluator(Network network, Weights weights, int batch, Loss loss) {
    LossRules.requireSingle("evaluate", network);
    LossRules.requireNetwork(loss, network, network.outputs().get(0));
    this.network = network;
    this.weights = weights;
    this.loss = loss;
    plan = new Plan(network, weights, batch, false, loss.plain());
  }

  public Evaluator allocate() {
    plan.allocate();
    return this;
  }

  public boolean isOf(Weights w) {
    return weights == w;
  }

  public long bytes() {
    return plan.bytes();
  }

  public boolean isRunning() {
    return running;
  }

  /**
   * @throws InvalidArgumentException if user code calls it that runs inside of it
   */
  public Evaluation evaluate(Samples data, Normalization normalization) {
    if (running) {
      throw new InvalidArgumentException(
          "evaluate: called by a layer or a data set while an evaluation still runs");
    }
    LossRules.requireData(loss, network, data);
    if (data.size() == 0) {
      throw new InvalidArgumentException("evaluate: data set " + data.name() + " is empty");
    }
    running = true;
    try {
      return evaluated(data, normalization);
    } finally {
      running = false;
    }
  }

  private Evaluation evaluated(Samples data, Normalization normalization) {
    double sum = 0;
    double share = 0;
    long correct = 0;
    long answers = 0;
    for (int from = 0, n; from < data.size(); from += n) {
      n = Math.min(plan.batch(), data.size() - from);
      plan.load(new ImageBatch(data, null, from, n, null), normalization);
      plan.forward();
      sum += plan.loss() * plan.share();
      share += plan.share();
      correct += plan.correct();
      answers += plan.answers();
    }
    if (Double.isNaN(sum)) {
      throw new NumericException(
          "evaluate: the loss is NaN; the network's weights are too large for float32");
    }
    if (share == 0) {
      throw new InvalidArgumentException(
          "evaluate: data set " + data.name() + " has no label that is not ignored");
    }
    return new Evaluation(accuracy(correct, answers), sum / share, data.size());
  }

  /** NaN where there are no answers, as 0 / 0 is. */
  public static double accuracy(long correct, long answers) {
    return (double) correct / answers;
  }

  @Override
  public void close() {
    plan.close();
  }
}

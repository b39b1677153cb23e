package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import java.util.List;
import java.util.Map;

/** Runs an inference plan over a data set. Not thread-safe. */
public final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Weights weights;
  private final List<OutputLoss> losses;
  private final Plan plan;
  private boolean running;

  /**
   * @param losses one for each output
   */
  public Evaluator(Network network, Weights weights, int batch, List<OutputLoss> losses) {
    losses.forEach(of -> LossRules.requireNetwork(of.loss(), network, of.output()));
    this.network = network;
    this.weights = weights;
    this.losses = losses;
    plan =
        new Plan(network, weights, batch, false, losses.stream().map(OutputLoss::plain).toList());
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
  public Evaluation evaluate(Sources data, Map<String, Normalization> normalizations) {
    if (running) {
      throw new InvalidArgumentException(
          "evaluate: called by a layer or a data set while an evaluation still runs");
    }
    LossRules.requireData(losses, network, data);
    if (data.size() == 0) {
      throw new InvalidArgumentException("evaluate: data set " + data.name() + " is empty");
    }
    running = true;
    try {
      return evaluated(data, normalizations);
    } finally {
      running = false;
    }
  }

  private Evaluation evaluated(Sources data, Map<String, Normalization> normalizations) {
    double sum = 0;
    long correct = 0;
    for (int from = 0, n; from < data.size(); from += n) {
      n = Math.min(plan.batch(), data.size() - from);
      plan.load(new ImageBatch(data, null, from, n, null), normalizations);
      plan.forward();
      sum += plan.loss() * n;
      correct += plan.correct();
    }
    if (Double.isNaN(sum)) {
      throw new NumericException(
          "evaluate: the loss is NaN; the network's weights are too large for float32");
    }
    return new Evaluation(
        accuracy(correct, plan.answers(), data.size()), sum / data.size(), data.size());
  }

  /** NaN where there are no answers an image, as 0 / 0 is. */
  public static double accuracy(long correct, long answers, int images) {
    return (double) correct / ((double) answers * images);
  }

  @Override
  public void close() {
    plan.close();
  }
}

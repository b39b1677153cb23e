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
    double[] sums = new double[losses.size()];
    double[] shares = new double[losses.size()];
    long correct = 0;
    long answers = 0;
    for (int from = 0, n; from < data.size(); from += n) {
      n = Math.min(plan.batch(), data.size() - from);
      plan.load(new ImageBatch(data, null, from, n, null), normalizations);
      plan.forward();
      plan.addLosses(sums, shares);
      correct += plan.correct();
      answers += plan.answers();
    }
    return new Evaluation(accuracy(correct, answers), mean(sums, shares, data), data.size());
  }

  /** The sum of the outputs' means over what is not ignored. */
  private static double mean(double[] sums, double[] shares, Sources data) {
    double mean = 0;
    for (int i = 0; i < sums.length; i++) {
      if (shares[i] == 0) {
        throw new InvalidArgumentException(
            "evaluate: data set " + data.name() + " has no label that is not ignored");
      }
      mean += sums[i] / shares[i];
    }
    if (Double.isNaN(mean)) {
      throw new NumericException(
          "evaluate: the loss is NaN; the network's weights are too large for float32");
    }
    return mean;
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

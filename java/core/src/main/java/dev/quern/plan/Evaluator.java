package dev.quern.plan;

import dev.quern.data.Dataset;
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

  public Evaluation evaluate(Dataset data, Normalization normalization) {
    LossRules.requireData(loss, network, data);
    if (data.size() == 0) {
      throw new InvalidArgumentException("evaluate: data set " + data.name() + " is empty");
    }
    int[] order = new int[data.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    double sum = 0;
    long correct = 0;
    for (int from = 0; from < order.length; from += plan.batch()) {
      int n = Math.min(plan.batch(), order.length - from);
      plan.load(new ImageBatch(data, order, from, n, null), normalization);
      plan.forward();
      sum += plan.loss() * n;
      correct += plan.correct();
    }
    if (Double.isNaN(sum)) {
      throw new NumericException(
          "evaluate: the loss is NaN; the network's weights are too large for float32");
    }
    return new Evaluation(
        accuracy(correct, plan.answers(), order.length), sum / order.length, order.length);
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

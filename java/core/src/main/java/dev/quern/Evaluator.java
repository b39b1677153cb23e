package dev.quern;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.loss.Loss;
import dev.quern.plan.ImageBatch;
import dev.quern.plan.Plan;
import dev.quern.plan.Weights;

/** Runs an inference plan over a data set. Not thread-safe. */
final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Weights weights;
  private final Loss loss;
  private final Plan plan;

  Evaluator(Network network, Weights weights, int batch, Loss loss) {
    LossRules.requireNetwork(loss, network);
    this.network = network;
    this.weights = weights;
    this.loss = loss;
    plan = new Plan(network, weights, batch, false, loss.plain());
  }

  Evaluator allocate() {
    plan.allocate();
    return this;
  }

  boolean isOf(Weights w) {
    return weights == w;
  }

  long bytes() {
    return plan.bytes();
  }

  Evaluation evaluate(Dataset data, Normalization normalization) {
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
        Evaluation.accuracy(correct, plan.answers(), order.length),
        sum / order.length,
        order.length);
  }

  @Override
  public void close() {
    plan.close();
  }
}

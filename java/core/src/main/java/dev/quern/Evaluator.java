package dev.quern;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.loss.CrossEntropy;
import dev.quern.plan.Plan;
import dev.quern.plan.Weights;

/** Runs an inference plan over a data set. Not thread-safe. */
final class Evaluator implements AutoCloseable {
  private final Network network;
  private final Weights weights;
  private final Plan plan;

  Evaluator(Network network, Weights weights, int batch) {
    this.network = network;
    this.weights = weights;
    plan = new Plan(network, weights, batch, false, new CrossEntropy());
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

  /** A network that labels this data set has one output for each of its classes. */
  static void requireClasses(Network network, Dataset data) {
    if (network.output().elements() != data.classes().size()) {
      throw new ShapeException(
          "network: output "
              + network.output()
              + " does not fit the "
              + data.classes().size()
              + " classes of "
              + data.name());
    }
  }

  Evaluation evaluate(Dataset data, Normalization normalization) {
    requireClasses(network, data);
    if (data.size() == 0) {
      throw new InvalidArgumentException("evaluate: data set " + data.name() + " is empty");
    }
    int[] order = new int[data.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    double loss = 0;
    long correct = 0;
    for (int from = 0; from < order.length; from += plan.batch()) {
      int n = Math.min(plan.batch(), order.length - from);
      plan.load(data, order, from, n, normalization);
      plan.forward();
      loss += plan.loss() * n;
      correct += plan.correct();
    }
    if (Double.isNaN(loss)) {
      throw new NumericException(
          "evaluate: the loss is NaN; the network's weights are too large for float32");
    }
    return new Evaluation((double) correct / order.length, loss / order.length, order.length);
  }

  @Override
  public void close() {
    plan.close();
  }
}

package dev.quern.plan;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.NetworkData;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.plan.build.Weights;
import dev.quern.plan.loss.Logits;
import dev.quern.plan.loss.LossRules;
import dev.quern.plan.loss.LossTasks;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.plan.loss.Scores;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates a network on a data set. Not thread-safe. */
public final class Evaluator implements AutoCloseable {
  /** Maximum batch size. The batch size affects the last bits of sums over samples. */
  public static final int BATCH = 64;

  private final Network network;

  /** The network, with a task for each output that has metrics. */
  private final Network tasked;

  private final Weights weights;
  private final List<OutputLoss> losses;
  private final List<String> names;
  private final Plan plan;
  private boolean running;

  /**
   * Creates an evaluator. Call {@link #allocate} before the first evaluation.
   *
   * @param weights the weights of {@code logits.network()}
   */
  public Evaluator(Logits logits, Weights weights, int batch) {
    network = logits.network();
    losses = logits.losses();
    names = logits.names();
    losses.forEach(of -> LossRules.requireNetwork(of.loss(), network, of.output()));
    this.weights = weights;
    tasked = LossTasks.of(network, losses);
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
   * Returns loss, accuracy and metrics on a data set.
   *
   * @throws InvalidArgumentException if called by user code during an evaluation
   */
  public Evaluation evaluate(NetworkData data, Map<String, Normalization> normalizations) {
    return run(List.of(data), List.of(1.0), normalizations).evaluation();
  }

  /**
   * Returns loss, accuracy and metrics with test-time augmentation: outputs are averaged over
   * several views of each sample.
   *
   * @param views data sets with the same samples in the same order
   * @param weights the weight of each view; the sum is 1
   * @throws InvalidArgumentException if called by user code during an evaluation
   */
  public Evaluation evaluate(
      List<NetworkData> views, List<Double> weights, Map<String, Normalization> normalizations) {
    return run(views, weights, normalizations).evaluation();
  }

  /**
   * Returns a report for each output, in the network's order. The report of an output without a
   * task has no metrics.
   *
   * @throws InvalidArgumentException if called by user code during an evaluation
   */
  public Map<String, Report> reports(NetworkData data, Map<String, Normalization> normalizations) {
    return run(List.of(data), List.of(1.0), normalizations).reports();
  }

  /**
   * Returns the reports with test-time augmentation: outputs are averaged over several views of
   * each sample. Otherwise like {@link #reports(NetworkData, Map)}.
   *
   * @param views data sets with the same samples in the same order
   * @param weights the weight of each view; the sum is 1
   * @throws InvalidArgumentException if called by user code during an evaluation
   */
  public Map<String, Report> reports(
      List<NetworkData> views, List<Double> weights, Map<String, Normalization> normalizations) {
    return run(views, weights, normalizations).reports();
  }

  private record Result(double accuracy, double loss, int images, Map<String, Report> reports) {
    Evaluation evaluation() {
      return new Evaluation(accuracy, loss, images, Scores.flat(reports));
    }
  }

  private Result run(
      List<NetworkData> views, List<Double> shares, Map<String, Normalization> normalizations) {
    NetworkData data = views.get(0);
    if (running) {
      throw new InvalidArgumentException(
          "evaluate: a layer or data set called this method during an evaluation");
    }
    LossRules.requireData(losses, network, data);
    if (data.size() == 0) {
      throw new InvalidArgumentException("evaluate: data set " + data.name() + " is empty");
    }
    running = true;
    try {
      return evaluated(views, shares, normalizations);
    } finally {
      running = false;
    }
  }

  private Result evaluated(
      List<NetworkData> views, List<Double> weights, Map<String, Normalization> normalizations) {
    NetworkData data = views.get(0);
    double[] sums = new double[losses.size()];
    double[] shares = new double[losses.size()];
    long correct = 0;
    long answers = 0;
    Scorer[] scorers = losses.stream().map(of -> Scores.of(tasked, of)).toArray(Scorer[]::new);
    plan.keepTargets();
    for (int from = 0, n; from < data.size(); from += n) {
      n = Math.min(plan.batch(), data.size() - from);
      for (int i = 0; i < views.size(); i++) {
        plan.load(new ImageBatch(views.get(i), null, from, n, null, null), normalizations);
        plan.forward();
        if (views.size() > 1) {
          plan.addOutputs(i == 0, weights.get(i));
        }
      }
      if (views.size() > 1) {
        plan.putOutputs();
      }
      plan.addLosses(sums, shares);
      requireNumbers(sums);
      correct += plan.correct();
      answers += plan.answers();
      plan.score(scorers);
    }
    double mean = mean(sums, shares, data);
    Map<String, Report> reports = new LinkedHashMap<>();
    for (int i = 0; i < scorers.length; i++) {
      Scorer s = scorers[i];
      reports.put(names.get(i), s == null ? new Report(Map.of(), null, List.of()) : s.report());
    }
    return new Result(
        accuracy(correct, answers), mean, data.size(), Collections.unmodifiableMap(reports));
  }

  private static void requireNumbers(double[] sums) {
    for (double sum : sums) {
      if (Double.isNaN(sum)) {
        throw new NumericException(
            "evaluate: the loss is NaN; the network's weights are too large for float32");
      }
    }
  }

  /** Returns the mean losses of the outputs, added up. Ignored targets do not count. */
  private static double mean(double[] sums, double[] shares, NetworkData data) {
    double mean = 0;
    for (int i = 0; i < sums.length; i++) {
      if (shares[i] == 0) {
        throw new InvalidArgumentException(
            "evaluate: data set " + data.name() + " has only ignored labels");
      }
      mean += sums[i] / shares[i];
    }
    return mean;
  }

  /** Returns {@code correct / answers}; NaN if there are no predictions. */
  public static double accuracy(long correct, long answers) {
    return (double) correct / answers;
  }

  @Override
  public void close() {
    plan.close();
  }
}

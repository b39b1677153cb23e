package dev.quern.plan.loss;

import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.metric.Outputs;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the scorers of a network's outputs and names their metrics. */
public final class Scores {
  private Scores() {}

  /**
   * Returns a new scorer for an output; null if the output's task has no metrics.
   *
   * @param network a network in which each output has a task
   */
  public static @Nullable Scorer of(Network network, OutputLoss of) {
    Task task = network.tasks().get(of.output());
    Shape shape = network.shapes().get(of.output());
    int first = shape.rank() == 0 ? 1 : (int) shape.dim(0);
    return switch (task.kind()) {
      case SINGLE_LABEL -> Scorer.singleLabel(first, task.classes(), outputs(network, of.output()));
      case MULTI_LABEL -> Scorer.multiLabel(first, task.classes(), outputs(network, of.output()));
      case PIXEL_CLASSES ->
          first == 1
              ? Scorer.pixelMask(task.classes(), outputs(network, of.output()), ignored(of.loss()))
              : Scorer.pixelClasses(first, task.classes(), ignored(of.loss()));
      case REGRESSION -> Scorer.regression(Math.toIntExact(shape.elements()), task.classes());
      case IMAGE -> Scorer.image();
      case PLAIN -> null;
    };
  }

  private static Outputs outputs(Network network, String output) {
    Object last = LossRules.last(network, output).layer();
    return last instanceof Softmax || last instanceof Sigmoid
        ? Outputs.PROBABILITIES
        : Outputs.LOGITS;
  }

  private static @Nullable Integer ignored(Loss loss) {
    if (loss instanceof SoftmaxFocal f) {
      return f.ignoreIndex();
    }
    if (loss instanceof Dice d) {
      return d.ignoreIndex();
    }
    return loss instanceof CrossEntropy c ? c.ignoreIndex() : null;
  }

  /** Returns the names of all metrics of these outputs; the names do not depend on the data. */
  static Set<String> names(Network network, List<OutputLoss> losses) {
    Network tasked = LossTasks.of(network, losses);
    Map<String, Report> reports = new LinkedHashMap<>();
    for (OutputLoss of : losses) {
      Scorer scorer = of(tasked, new OutputLoss(of.output(), new CrossEntropy(), 1));
      float[] zeros = new float[Math.toIntExact(network.shapes().get(of.output()).elements())];
      reports.put(
          of.output(),
          scorer == null
              ? new Report(Map.of(), null, List.of())
              : tasked.tasks().get(of.output()).kind() == Task.Kind.SINGLE_LABEL
                  ? scorer.add(1, zeros, new int[1]).report()
                  : scorer.add(1, zeros, zeros.clone()).report());
    }
    return flat(reports).keySet();
  }

  /**
   * Returns the metrics of all reports by name. With several outputs, names have the form {@code
   * output.metric}.
   */
  public static Map<String, Double> flat(Map<String, Report> reports) {
    Map<String, Double> all = new LinkedHashMap<>();
    reports.forEach(
        (output, report) ->
            report
                .metrics()
                .forEach(
                    (name, v) -> all.put(reports.size() == 1 ? name : output + "." + name, v)));
    return all;
  }
}

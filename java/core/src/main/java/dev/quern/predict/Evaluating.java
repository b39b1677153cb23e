package dev.quern.predict;

import dev.quern.data.Dataset;
import dev.quern.data.MultiDataset;
import dev.quern.data.TestTimeAugmentation;
import dev.quern.feed.NetworkData;
import dev.quern.feed.Views;
import dev.quern.internal.arguments.Require;
import dev.quern.loss.Loss;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.plan.loss.OutputLoss;
import java.util.List;
import java.util.Map;

/**
 * Implements the evaluation of a model on data sets: loss and metrics, with or without test-time
 * augmentation.
 */
final class Evaluating {
  private final ModelData model;
  private final Network network;
  private final Calls calls;

  Evaluating(ModelData model, Calls calls) {
    this.model = model;
    network = model.network();
    this.calls = calls;
  }

  Evaluation evaluate(Dataset samples) {
    return evaluate(NetworkData.of("evaluate", network, samples), OutputLoss.of(network));
  }

  Evaluation evaluate(MultiDataset samples) {
    return evaluate(NetworkData.of("evaluate", network, samples), OutputLoss.of(network));
  }

  Evaluation evaluate(Dataset samples, Loss loss) {
    Require.present("evaluate", "loss", loss);
    return evaluate(NetworkData.of("evaluate", network, samples), OutputLoss.of(network, loss));
  }

  Evaluation evaluate(Dataset samples, TestTimeAugmentation views) {
    Views all = Views.of("evaluate", network, samples, views);
    return calls.evaluated(
        all.sources().get(0),
        OutputLoss.of(network),
        e -> e.evaluate(all.sources(), all.weights(), model.normalizations()));
  }

  private Evaluation evaluate(NetworkData samples, List<OutputLoss> losses) {
    return calls.evaluated(samples, losses, e -> e.evaluate(samples, model.normalizations()));
  }

  Map<String, Report> report(Dataset samples) {
    return report(NetworkData.of("report", network, samples));
  }

  Map<String, Report> report(MultiDataset samples) {
    return report(NetworkData.of("report", network, samples));
  }

  Map<String, Report> report(Dataset samples, TestTimeAugmentation views) {
    Views all = Views.of("report", network, samples, views);
    return calls.evaluated(
        all.sources().get(0),
        OutputLoss.of(network),
        e -> e.reports(all.sources(), all.weights(), model.normalizations()));
  }

  private Map<String, Report> report(NetworkData samples) {
    return calls.evaluated(
        samples, OutputLoss.of(network), e -> e.reports(samples, model.normalizations()));
  }
}

package dev.quern.cli.train;

import dev.quern.cli.data.TrainingData;
import dev.quern.data.Dataset;
import dev.quern.diagnostics.DataDiagnostics;
import dev.quern.diagnostics.Finding;
import dev.quern.diagnostics.LabelDiagnostics;
import dev.quern.diagnostics.TrainingDiagnostics;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/** Likely faults of a run: of its data, of its training, and of its labels. */
final class Findings {
  /** Samples of each set that are compared. */
  private static final int COMPARED = 20_000;

  /** Multiply-adds of a second pass over the test images, beyond which there is none. */
  private static final double AFFORDABLE = 2e12;

  private Findings() {}

  /** The gravest first. */
  static List<Finding> of(Trainer trainer, TrainingData sets, History history, Evaluation tested) {
    Network network = trainer.network();
    Report report = null;
    if (network.isSingle() && (double) network.multiplyAdds() * sets.test().size() < AFFORDABLE) {
      report = trainer.report(sets.test()).values().iterator().next();
    }
    List<Finding> all = new ArrayList<>(TrainingDiagnostics.of(history, tested, report));
    if (report != null && report.confusion() != null) {
      all.addAll(LabelDiagnostics.ofSwappedClasses(report.confusion()));
    }
    if (network.isSingle()) {
      Dataset train = sets.first();
      Dataset test = sets.test().inputs().values().iterator().next();
      all.addAll(DataDiagnostics.ofDuplicates(train, test, COMPARED));
      all.addAll(DataDiagnostics.ofClasses(train));
    }
    return all;
  }
}

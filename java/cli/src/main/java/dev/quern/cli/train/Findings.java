package dev.quern.cli.train;

import dev.quern.cli.data.DataSource;
import dev.quern.cli.data.FolderFacts;
import dev.quern.cli.data.TrainingData;
import dev.quern.data.Dataset;
import dev.quern.diagnostics.DataDiagnostics;
import dev.quern.diagnostics.Finding;
import dev.quern.diagnostics.LabelDiagnostics;
import dev.quern.diagnostics.LabelDiagnostics.Mistake;
import dev.quern.diagnostics.TrainingDiagnostics;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Likely faults of a run: of its data, of its training, and of its labels. */
final class Findings {
  /** Samples of each set that are compared. */
  private static final int COMPARED = 20_000;

  /** Multiply-adds of a second pass over the test images, beyond which there is none. */
  private static final double AFFORDABLE = 2e12;

  /** Mistakes of a model that is worse than this are its own. */
  private static final double TRUSTED = 0.8;

  /** Mistakes that are named. */
  private static final int NAMED = 5;

  private final List<Finding> all = new ArrayList<>();
  private final List<Path> testFiles;
  private boolean trusted;

  /**
   * @param testFiles files of the test samples, by their indices; may be empty
   */
  Findings(List<Path> testFiles) {
    this.testFiles = testFiles;
  }

  /** The gravest first. */
  List<Finding> all() {
    return all;
  }

  /** Whether training diverged. */
  boolean diverged() {
    return all.stream().anyMatch(f -> f.kind() == Finding.Kind.DIVERGED);
  }

  /** Looks at the images of a folder, which a run may shrink too much. */
  void ofSize(DataSource source, double testPart, Network network) {
    if (source instanceof DataSource.Pictures pictures && network.input().rank() == 3) {
      FolderFacts.of(pictures.path(), testPart)
          .ifPresent(
              f -> {
                Shape in = network.input();
                Size input = new Size((int) in.dim(1), (int) in.dim(2));
                all.addAll(DataDiagnostics.ofSize(f.size(), input));
              });
    }
  }

  /** Looks at a run after its test. */
  void ofRun(Trainer trainer, TrainingData sets, History history, Evaluation tested) {
    Network network = trainer.network();
    Report report = null;
    if (network.isSingle() && (double) network.multiplyAdds() * sets.test().size() < AFFORDABLE) {
      report = trainer.report(sets.test()).values().iterator().next();
    }
    all.addAll(0, TrainingDiagnostics.of(history, tested, report));
    if (report != null && report.confusion() != null) {
      all.addAll(LabelDiagnostics.ofSwappedClasses(report.confusion()));
    }
    if (network.isSingle()) {
      Dataset train = sets.first();
      Dataset test = sets.test().inputs().values().iterator().next();
      all.addAll(DataDiagnostics.ofDuplicates(train, test, COMPARED));
      all.addAll(DataDiagnostics.ofClasses(train));
    }
    trusted = tested.accuracy() >= TRUSTED;
  }

  /** Looks at the most confident mistakes on test samples, whose names are indices. */
  void ofMistakes(List<Mistake> mistakes) {
    if (trusted) {
      List<Mistake> named =
          mistakes.stream()
              .map(m -> new Mistake(name(m.sample()), m.label(), m.predicted(), m.probability()))
              .toList();
      all.addAll(LabelDiagnostics.ofMistakes(named, NAMED));
    }
  }

  private String name(String index) {
    return testFiles.isEmpty()
        ? "test sample " + index
        : testFiles.get(Integer.parseInt(index)).toString();
  }
}

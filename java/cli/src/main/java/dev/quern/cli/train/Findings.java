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

/** Likely problems of a run: in its data, its training and its labels. */
final class Findings {
  /** Maximum number of samples of each set to compare when searching for duplicates. */
  private static final int COMPARED = 20_000;

  /** Maximum number of multiply-adds for a second pass over the test images. */
  private static final double AFFORDABLE = 2e12;

  /** Minimum test accuracy for suspecting labels: with less, mistakes are probably the model's. */
  private static final double TRUSTED = 0.8;

  /** Maximum number of mistakes to list. */
  private static final int NAMED = 5;

  private final List<Finding> all = new ArrayList<>();
  private final List<Path> testFiles;
  private boolean trusted;

  /**
   * Creates an empty list.
   *
   * @param testFiles files of the test samples, by index; empty if samples are not files
   */
  Findings(List<Path> testFiles) {
    this.testFiles = testFiles;
  }

  /** Returns the problems, the most serious first. */
  List<Finding> all() {
    return all;
  }

  /** Returns whether training diverged. */
  boolean diverged() {
    return all.stream().anyMatch(f -> f.kind() == Finding.Kind.DIVERGED);
  }

  /** Adds a problem if the network's input is much smaller than the images of a folder. */
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

  /** Adds the problems that a finished run's history, test result and data sets show. */
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

  /**
   * Adds test samples with probably wrong labels, taken from the most confident mistakes. The name
   * of a mistake is the sample's index.
   */
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

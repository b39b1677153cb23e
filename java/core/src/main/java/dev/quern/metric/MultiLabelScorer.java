package dev.quern.metric;

import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scorer that {@link Scorer#multiLabel} creates. */
final class MultiLabelScorer implements Scorer {
  private final ClassNames classes;
  private final Outputs outputs;
  private final ClassCounts counts;
  private final Calibration calibration = new Calibration();
  private final KeptScores kept;
  private double logLoss;
  private long right;
  private long rightSamples;
  private long samples;

  MultiLabelScorer(ClassNames classes, Outputs outputs) {
    this.classes = classes;
    this.outputs = Require.present(classes.operation(), "outputs", outputs);
    counts = new ClassCounts(classes.operation(), classes.count());
    kept = new KeptScores(classes.operation(), classes.count());
  }

  @Override
  public Scorer add(int n, float[] values, int[] labels) {
    throw Batches.takesTargets(classes.operation());
  }

  @Override
  public Scorer add(int n, float[] values, float[] targets) {
    Batches.requireOutputs(classes.operation(), outputs, values);
    classes.requireRows(n, values.length);
    Batches.requireFinite(classes.operation(), "target", targets);
    Batches.requireProbabilities(classes.operation(), "target", targets);
    Batches.requireAsMany(classes.operation(), "targets", targets.length, values.length);
    kept.reserve(n);
    for (int i = 0; i < n; i++) {
      samples++;
      boolean all = true;
      for (int c = 0; c < classes.count(); c++) {
        int at = i * classes.count() + c;
        all &= add(c, values[at], targets[at]);
      }
      rightSamples += all ? 1 : 0;
    }
    return this;
  }

  /** Adds one output of class {@code c}; returns whether the output's prediction is correct. */
  private boolean add(int c, float value, float target) {
    boolean isLogit = outputs == Outputs.LOGITS;
    boolean answer = value > (isLogit ? 0 : 0.5f);
    boolean label = target > 0.5f;
    counts.answers[c] += answer ? 1 : 0;
    counts.labels[c] += label ? 1 : 0;
    counts.hits[c] += answer && label ? 1 : 0;
    right += answer == label ? 1 : 0;
    calibration.add(isLogit ? 1 / (1 + Math.exp(-value)) : value, label);
    kept.add(value, label);
    logLoss += isLogit ? logitLoss(value, target) : probabilityLoss(value, target);
    return answer == label;
  }

  /** Returns the loss {@code log(1 + e^x) - t x} of logit x and target t, without overflow. */
  private static double logitLoss(double x, double target) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))) - target * x;
  }

  private static double probabilityLoss(double p, double target) {
    return -target * SoftmaxRow.clippedLog(p) - (1 - target) * SoftmaxRow.clippedLog(1 - p);
  }

  @Override
  public Report report() {
    classes.requireSome(samples);
    List<double[]> ranked = kept.scores(List.of(Ranking::auc, Ranking::averagePrecision));
    double[] auc = ranked.get(0);
    double[] precision = ranked.get(1);
    double outputsOfAll = (double) samples * classes.count();
    double hits = ClassCounts.sum(counts.hits);
    double answers = ClassCounts.sum(counts.answers);
    double labels = ClassCounts.sum(counts.labels);
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("accuracy", right / outputsOfAll);
    all.put("exact_match", (double) rightSamples / samples);
    all.put("log_loss", logLoss / outputsOfAll);
    all.put("calibration_error", calibration.error());
    all.put("precision_micro", ClassCounts.share(hits, answers));
    all.put("recall_micro", ClassCounts.share(hits, labels));
    all.put("f1_micro", ClassCounts.share(2 * hits, answers + labels));
    all.put("precision_macro", classes.mean(counts::precision));
    all.put("recall_macro", classes.mean(counts::recall));
    all.put("f1_macro", classes.mean(counts::f1));
    all.put("precision_weighted", counts.weighted(counts::precision));
    all.put("recall_weighted", counts.weighted(counts::recall));
    all.put("f1_weighted", counts.weighted(counts::f1));
    all.put("auc_macro", KeptScores.mean(auc));
    all.put("average_precision_macro", KeptScores.mean(precision));
    return new Report(all, null, rows(auc, precision));
  }

  private List<Report.Row> rows(double[] auc, double[] averagePrecision) {
    return classes.rows(
        c -> {
          Map<String, Double> of = new LinkedHashMap<>();
          of.put("precision", counts.precision(c));
          of.put("recall", counts.recall(c));
          of.put("f1", counts.f1(c));
          of.put("auc", auc[c]);
          of.put("average_precision", averagePrecision[c]);
          return of;
        },
        c -> counts.labels[c]);
  }
}

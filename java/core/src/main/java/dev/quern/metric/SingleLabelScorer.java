package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The scorer that {@link Scorer#singleLabel} creates. */
final class SingleLabelScorer implements Scorer {
  /** The default K of top-K accuracy, if there are more classes than K. */
  private static final int USUAL_K = 5;

  private final ClassNames classes;
  private final Outputs outputs;
  private final int[] topK;
  private final long[] inTopK;
  private final Pairs pairs;
  private final Calibration calibration = new Calibration();
  private final KeptScores kept;
  private final SoftmaxRow row;
  private double logLoss;
  private long samples;

  SingleLabelScorer(ClassNames classes, Outputs outputs, int[] topK) {
    String operation = classes.operation();
    this.classes = classes;
    this.outputs = Require.present(operation, "outputs", outputs);
    this.topK = checked(Require.present(operation, "top k", topK).clone());
    inTopK = new long[this.topK.length];
    pairs = new Pairs(classes);
    kept = new KeptScores(operation, classes.count());
    row = new SoftmaxRow(operation, classes.count(), outputs);
  }

  private int[] checked(int[] asked) {
    for (int k : asked) {
      if (k < 1 || k > classes.count()) {
        throw new InvalidArgumentException(
            classes.operation() + ": top " + k + " is outside [1, " + classes.count() + "]");
      }
    }
    return asked.length == 0 && classes.count() > USUAL_K ? new int[] {USUAL_K} : asked;
  }

  @Override
  public Scorer add(int n, float[] values, int[] labels) {
    Batches.requireOutputs(classes.operation(), outputs, values);
    classes.requireRows(n, values.length);
    int[] own = Require.present(classes.operation(), "labels", labels).clone();
    Batches.requireAsMany(classes.operation(), "labels", own.length, n);
    for (int label : own) {
      classes.requireLabel(label);
    }
    kept.reserve(n);
    for (int i = 0; i < n; i++) {
      row.read(values, i * classes.count());
      add(own[i]);
      logLoss -= row.log(own[i]);
    }
    return this;
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
      int from = i * classes.count();
      row.read(values, from);
      add(Batches.argmax(targets, from, classes.count(), 1));
      for (int c = 0; c < classes.count(); c++) {
        logLoss -= targets[from + c] == 0 ? 0 : targets[from + c] * row.log(c);
      }
    }
    return this;
  }

  private void add(int label) {
    samples++;
    pairs.add(label, row.answer());
    calibration.add(row.probability(row.answer()), row.answer() == label);
    int place = topK.length == 0 ? 0 : row.place(label);
    for (int k = 0; k < topK.length; k++) {
      inTopK[k] += place < topK[k] ? 1 : 0;
    }
    for (int c = 0; kept.isKept() && c < classes.count(); c++) {
      kept.add(row.rank(c), c == label);
    }
  }

  @Override
  public Report report() {
    classes.requireSome(samples);
    ClassCounts counts = pairs.counts();
    double[] auc = kept.scores(Ranking::auc);
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("accuracy", ClassCounts.share(ClassCounts.sum(counts.hits), samples));
    for (int k = 0; k < topK.length; k++) {
      all.put("top" + topK[k] + "_accuracy", ClassCounts.share(inTopK[k], samples));
    }
    all.put("log_loss", logLoss / samples);
    all.put("calibration_error", calibration.error());
    all.put("precision_macro", counts.macro(counts::precision));
    all.put("recall_macro", counts.macro(counts::recall));
    all.put("f1_macro", counts.macro(counts::f1));
    all.put("precision_weighted", counts.weighted(counts::precision));
    all.put("recall_weighted", counts.weighted(counts::recall));
    all.put("f1_weighted", counts.weighted(counts::f1));
    all.put("auc_macro", KeptScores.mean(auc));
    return new Report(all, pairs.confusion(), rows(counts, auc));
  }

  private List<Report.Row> rows(ClassCounts counts, double[] auc) {
    return classes.rows(
        c -> {
          Map<String, Double> of = new LinkedHashMap<>();
          of.put("precision", counts.precision(c));
          of.put("recall", counts.recall(c));
          of.put("f1", counts.f1(c));
          of.put("auc", auc[c]);
          return of;
        },
        c -> counts.labels[c]);
  }
}

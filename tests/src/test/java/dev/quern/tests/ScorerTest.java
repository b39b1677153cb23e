package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.loss.BceWithLogits;
import dev.quern.metric.Outputs;
import dev.quern.metric.Report;
import dev.quern.metric.Scorer;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.reference.loss.BceWithLogitsReference;
import dev.quern.reference.metric.MetricsReference;
import dev.quern.reference.metric.RankingReference;
import dev.quern.reference.metric.RegressionReference;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each score against its definition, over ties, absent classes, one sample and one class. */
class ScorerTest {
  @ParameterizedTest
  @CsvSource({"1,1", "1,10", "2,2", "40,3", "17,33", "300,10", "5,1"})
  void singleLabelAgreesWithItsTwins(int n, int classes) {
    for (Values.Kind kind : Values.Kind.values()) { // integers tie
      Values v = new Values(kind, 31L * n + classes);
      NdArray logits = v.array(n, classes);
      NdArray p = NdArray.of(logits.shape(), SoftmaxReference.forward(logits).toFloats());
      int[] labels = v.labels(n, Math.max(1, classes - 1)); // the last class is never the label
      singleLabel(v, Outputs.LOGITS, logits, SoftmaxReference.forward(logits), labels);
      singleLabel(v, Outputs.PROBABILITIES, p, p, labels);
    }
  }

  private static void singleLabel(
      Values v, Outputs outputs, NdArray values, NdArray p, int[] labels) {
    int classes = values.dim(1);
    int k = (classes + 1) / 2;
    Report r =
        Scorer.singleLabel(classes, List.of(), outputs, k)
            .add(labels.length, values.toFloats(), labels)
            .report();
    NdArray m = MetricsReference.confusion(values, labels);
    is(v, r, "accuracy", MetricsReference.accuracy(values, labels));
    is(v, r, "top" + k + "_accuracy", MetricsReference.topK(values, k, labels));
    assertThat(r.metric("log_loss"))
        .as("log_loss, %s", v)
        .isCloseTo(MetricsReference.logLoss(p, labels, 0), within(1e-6));
    is(v, r, "calibration_error", MetricsReference.calibrationError(p, labels));
    checkMeans(v, r, m, "precision", c -> MetricsReference.precision(m, c));
    checkMeans(v, r, m, "recall", c -> MetricsReference.recall(m, c));
    checkMeans(v, r, m, "f1", c -> MetricsReference.f1(m, c));
    for (int c = 0; c < classes; c++) {
      int of = c;
      double[] scores = IntStream.range(0, labels.length).mapToDouble(i -> p.at(i, of)).toArray();
      int[] positive = Arrays.stream(labels).map(label -> label == of ? 1 : 0).toArray();
      if (outputs == Outputs.LOGITS) { // rounded, so that what is equal but for rounding ties
        Arrays.setAll(scores, i -> (float) Math.log(scores[i] / (1 - scores[i])));
      }
      isClose(
          v + " auc " + c,
          r.rows().get(c).metrics().get("auc"),
          RankingReference.auc(scores, positive),
          1e-12);
      assertThat(r.rows().get(c).support()).isEqualTo((long) MetricsReference.support(m, c));
    }
    isClose(v + " auc_macro", r.metric("auc_macro"), meanOfNumbers(r, "auc"), 1e-12);
    for (int label = 0; label < classes; label++) {
      for (int answer = 0; answer < classes; answer++) {
        assertThat(r.confusion().count(label, answer)).isEqualTo((long) m.at(label, answer));
      }
    }
  }

  /** By class, macro over the classes that are seen, weighted by how often they occur. */
  private static void checkMeans(
      Values v, Report r, NdArray m, String score, IntToDoubleFunction twin) {
    double macro = 0;
    double weighted = 0;
    int seen = 0;
    double all = 0;
    for (int c = 0; c < m.dim(0); c++) {
      double answers = 0;
      for (int label = 0; label < m.dim(0); label++) {
        answers += m.at(label, c);
      }
      double support = MetricsReference.support(m, c);
      isClose(
          v + " " + score + c, r.rows().get(c).metrics().get(score), twin.applyAsDouble(c), 1e-12);
      macro += support + answers > 0 ? twin.applyAsDouble(c) : 0;
      seen += support + answers > 0 ? 1 : 0;
      weighted += support * twin.applyAsDouble(c);
      all += support;
    }
    is(v, r, score + "_macro", macro / seen);
    is(v, r, score + "_weighted", weighted / all);
  }

  private static double meanOfNumbers(Report r, String score) {
    return r.rows().stream()
        .mapToDouble(row -> row.metrics().get(score))
        .filter(s -> !Double.isNaN(s))
        .average()
        .orElse(Double.NaN);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,7", "60,1", "50,4", "9,20"})
  void multiLabelAgreesWithItsTwins(int n, int classes) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, 37L * n + classes);
      NdArray logits = v.array(n, classes);
      NdArray targets = new NdArray(logits.shape());
      int right = 0;
      int rows = 0;
      for (int i = 0; i < n; i++) {
        int before = right;
        for (int c = 0; c < classes; c++) {
          int label = c == 0 ? 0 : v.nextInt(0, 1); // the first never holds
          targets.set(i * classes + c, label);
          right += (logits.at(i, c) > 0 ? 1 : 0) == label ? 1 : 0;
        }
        rows += right - before == classes ? 1 : 0;
      }
      Report r =
          Scorer.multiLabel(classes, List.of(), Outputs.LOGITS)
              .add(n, logits.toFloats(), targets.toFloats())
              .report();
      is(v, r, "accuracy", right / (double) (n * classes));
      is(v, r, "exact_match", rows / (double) n);
      is(v, r, "log_loss", BceWithLogitsReference.forward(new BceWithLogits(), logits, targets));
      for (int c = 0; c < classes; c++) {
        multiLabel(v, r.rows().get(c), logits, targets, c);
      }
      isClose(v + " f1_macro", r.metric("f1_macro"), meanOfNumbers(r, "f1"), 1e-12);
      isClose(
          v + " average_precision_macro",
          r.metric("average_precision_macro"),
          meanOfNumbers(r, "average_precision"),
          1e-12);
    }
  }

  private static void multiLabel(Values v, Report.Row row, NdArray logits, NdArray targets, int c) {
    int n = logits.dim(0);
    int[] labels = new int[n];
    double[] scores = new double[n];
    NdArray answers = new NdArray(Shape.of(n, 2)); // the label does not hold, or it does
    for (int i = 0; i < n; i++) {
      labels[i] = (int) targets.at(i, c);
      scores[i] = logits.at(i, c);
      answers.set(2 * i + 1, scores[i]);
    }
    NdArray m = MetricsReference.confusion(answers, labels);
    isClose(
        v + " precision", row.metrics().get("precision"), MetricsReference.precision(m, 1), 1e-12);
    isClose(v + " recall", row.metrics().get("recall"), MetricsReference.recall(m, 1), 1e-12);
    isClose(v + " f1", row.metrics().get("f1"), MetricsReference.f1(m, 1), 1e-12);
    isClose(v + " auc", row.metrics().get("auc"), RankingReference.auc(scores, labels), 1e-12);
    isClose(
        v + " average precision",
        row.metrics().get("average_precision"),
        RankingReference.averagePrecision(scores, labels),
        1e-12);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,3,5,4", "3,7,1,9"})
  void pixelsAgreeWithTheirTwins(int n, int classes, int height, int width) {
    Values v = new Values(Values.Kind.INTEGERS, 41L * n + classes);
    NdArray scores = v.array(n, classes, height, width);
    int[] labels = v.labels(n * height * width, classes);
    Report r =
        Scorer.pixelClasses(classes, List.of(), null).add(n, scores.toFloats(), labels).report();
    NdArray rows = new NdArray(Shape.of(labels.length, classes));
    for (int i = 0; i < scores.size(); i++) {
      int image = i / (classes * height * width);
      int c = i / (height * width) % classes;
      int pixel = image * height * width + i % (height * width);
      rows.set(pixel * classes + c, scores.get(i));
    }
    NdArray m = MetricsReference.confusion(rows, labels);
    is(v, r, "pixel_accuracy", MetricsReference.accuracy(rows, labels));
    for (int c = 0; c < classes; c++) {
      isClose("iou", r.rows().get(c).metrics().get("iou"), MetricsReference.iou(m, c), 1e-12);
      isClose("dice", r.rows().get(c).metrics().get("dice"), MetricsReference.f1(m, c), 1e-12);
    }
  }

  @ParameterizedTest
  @CsvSource({"2,1", "3,4", "500,2"})
  void regressionAgreesWithItsTwins(int n, int values) {
    Values v = Values.floats(43L * n + values);
    NdArray outputs = v.array(n, values);
    NdArray targets = v.array(n, values);
    Report r =
        Scorer.regression(values, List.of())
            .add(n, outputs.toFloats(), targets.toFloats())
            .report();
    double[] means = new double[3];
    for (int d = 0; d < values; d++) {
      double[] twins = {
        RegressionReference.mae(outputs, targets, d),
        Math.sqrt(RegressionReference.mse(outputs, targets, d)),
        RegressionReference.r2(outputs, targets, d)
      };
      String[] names = {"mae", "rmse", "r2"};
      for (int s = 0; s < names.length; s++) {
        double got = r.rows().get(d).metrics().get(names[s]);
        isClose(v + " " + names[s], got, twins[s], 1e-9 * Math.max(1, Math.abs(twins[s])));
        means[s] += twins[s] / values;
      }
      assertThat(r.rows().get(d).metrics().get("max_error"))
          .isEqualTo(RegressionReference.maxError(outputs, targets, d));
    }
    isClose("mae", r.metric("mae"), means[0], 1e-12);
    isClose("rmse", r.metric("rmse"), means[1], 1e-12);
    isClose("r2", r.metric("r2"), means[2], 1e-9 * Math.max(1, Math.abs(means[2])));
  }

  private static void is(Values v, Report r, String score, double wanted) {
    isClose(score + ", " + v, r.metric(score), wanted, 1e-12);
  }

  private static void isClose(String what, double got, double wanted, double tolerance) {
    if (Double.isNaN(wanted)) {
      assertThat(got).as(what).isNaN();
    } else {
      assertThat(got).as(what).isCloseTo(wanted, within(tolerance));
    }
  }
}

package dev.quern.diagnostics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.diagnostics.Finding.Kind;
import dev.quern.diagnostics.LabelDiagnostics.Mistake;
import dev.quern.metric.ConfusionMatrix;
import dev.quern.metric.Evaluation;
import dev.quern.metric.Report;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.train.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiagnosticsTest {
  private static History history(double accuracy, double... losses) {
    List<History.Epoch> epochs = new ArrayList<>();
    for (double loss : losses) {
      epochs.add(new History.Epoch(epochs.size() + 1, loss, accuracy, 1, 1, Optional.empty()));
    }
    return new History(epochs, History.StopReason.FINISHED);
  }

  private static Report report(long[]... counts) {
    List<String> names = List.of("cat", "dog", "fish").subList(0, counts.length);
    return new Report(Map.of(), ConfusionMatrix.of(names, counts), List.of());
  }

  private static List<Kind> kinds(List<Finding> all) {
    return all.stream().map(Finding::kind).toList();
  }

  @Test
  void soundRunHasNoFindings() {
    History h = history(0.9, 1.1, 0.6, 0.3);
    Report r = report(new long[] {48, 2}, new long[] {5, 45});
    assertThat(TrainingDiagnostics.of(h, new Evaluation(0.93, 0.3, 100), r)).isEmpty();
    assertThat(LabelDiagnostics.ofSwappedClasses(r.confusion())).isEmpty();
  }

  @Test
  void gapBetweenTrainingAndHeldOutSamplesIsOverfitting() {
    List<Finding> all =
        TrainingDiagnostics.of(history(0.97, 1, 0.5, 0.1), new Evaluation(0.35, 4, 120), null);
    assertThat(kinds(all)).containsExactly(Kind.OVERFITTING);
    assertThat(all.get(0).message())
        .isEqualTo(
            "overfitting: accuracy is 97.0 % on training samples and 35.0 % on held-out ones");
    assertThat(all.get(0).advice()).contains("--augment").contains("--from");
    // two held-out samples say nothing, nor does a loss without an accuracy
    assertThat(TrainingDiagnostics.of(history(0.97, 1, 0.5, 0.1), new Evaluation(0.5, 4, 2), null))
        .isEmpty();
    assertThat(
            TrainingDiagnostics.of(
                history(Double.NaN, 1, 0.5, 0.1), new Evaluation(Double.NaN, 4, 120), null))
        .isEmpty();
  }

  @Test
  void divergenceIsMeasuredAgainstGuessing() {
    Report r = report(new long[] {50, 0}, new long[] {50, 0});
    List<Finding> all =
        TrainingDiagnostics.of(history(0.5, 1e29, 2e29, 1e29), new Evaluation(0.5, 1e29, 100), r);
    assertThat(kinds(all)).containsExactly(Kind.DIVERGED, Kind.ONE_CLASS);
    assertThat(all.get(0).message())
        .isEqualTo(
            "training diverged: the loss is 1.000e+29 after 3 epochs, random guessing has 0.693");
    assertThat(all.get(1).message()).isEqualTo("100 of 100 predictions are cat");
    // without classes, against the first epoch
    assertThat(
            kinds(
                TrainingDiagnostics.of(
                    history(Double.NaN, 3, 40), new Evaluation(Double.NaN, 40, 100), null)))
        .containsExactly(Kind.DIVERGED);
  }

  @Test
  void lossThatStandsStill() {
    List<Finding> all =
        TrainingDiagnostics.of(
            history(0.11, 2.3030, 2.3020, 2.3026), new Evaluation(0.1, 2.3, 100), null);
    assertThat(kinds(all)).containsExactly(Kind.NOT_LEARNING);
    assertThat(all.get(0).message())
        .isEqualTo("the loss does not fall: 2.3030 in epoch 1, 2.3026 in epoch 3");
    // it has nothing left to fall
    assertThat(
            TrainingDiagnostics.of(
                history(0.99, 0.0101, 0.0100, 0.0101), new Evaluation(0.99, 0.01, 100), null))
        .isEmpty();
  }

  @Test
  void swappedLabels() {
    Report r = report(new long[] {3, 40, 7}, new long[] {35, 10, 5}, new long[] {1, 2, 47});
    assertThat(LabelDiagnostics.ofSwappedClasses(r.confusion()))
        .extracting(Finding::message)
        .containsExactly(
            "labels cat and dog look swapped: 40 of 50 cat are predicted as dog, 35 of 50 the"
                + " other way round");
    // one way alone is a confusion
    assertThat(
            LabelDiagnostics.ofSwappedClasses(
                report(new long[] {3, 40}, new long[] {5, 45}).confusion()))
        .isEmpty();
  }

  @Test
  void confidentMistakesAreNamed() {
    List<Mistake> all =
        List.of(
            new Mistake("a.png", "cat", "dog", 0.999),
            new Mistake("b.png", "dog", "cat", 0.97),
            new Mistake("c.png", "dog", "cat", 0.6));
    assertThat(LabelDiagnostics.ofMistakes(all, 1))
        .extracting(Finding::message)
        .containsExactly(
            "2 predictions with a probability of at least 0.95 differ from the label (a.png is labeled"
                + " cat, predicted dog 1.00; ...)");
    assertThat(LabelDiagnostics.ofMistakes(all.subList(2, 3), 5)).isEmpty();
  }

  private static Dataset data(int... labels) {
    byte[] values = new byte[labels.length * 2];
    for (int i = 0; i < labels.length; i++) {
      values[2 * i] = (byte) i;
      values[2 * i + 1] = (byte) labels[i];
    }
    return Dataset.of("d", Shape.of(1, 1, 2), List.of("a", "b"), values, labels);
  }

  @Test
  void classesOfFewSamplesAndOfDifferentSizes() {
    int[] labels = new int[100];
    for (int i = 0; i < 10; i++) {
      labels[i] = 1;
    }
    List<Finding> all = DataDiagnostics.ofClasses(data(labels));
    assertThat(all)
        .extracting(Finding::toString)
        .containsExactly(
            "1 class has fewer than 20 training samples (b 10): more images of these, --augment,"
                + " or a pretrained model with --from",
            "the largest class has 90 training samples, the smallest 10: --balanced draws the"
                + " small classes more often");
    int[] even = new int[60];
    for (int i = 0; i < 30; i++) {
      even[i] = 1;
    }
    assertThat(DataDiagnostics.ofClasses(data(even))).isEmpty();
  }

  @Test
  void imagesFarLargerThanTheInput() {
    assertThat(DataDiagnostics.ofSize(new Size(480, 640), Size.of(28)))
        .extracting(Finding::message)
        .containsExactly("images of about 480x640 are reduced to 28x28");
    assertThat(DataDiagnostics.ofSize(new Size(480, 640), Size.of(128))).isEmpty();
  }

  @Test
  void duplicatesAcrossTheSplit() {
    Dataset train = data(0, 1, 0, 1);
    assertThat(DataDiagnostics.ofDuplicates(train, data(1, 1, 0, 0), 100))
        .extracting(Finding::message)
        .containsExactly("2 of 4 held-out samples are training samples as well");
    assertThat(DataDiagnostics.ofDuplicates(train, data(1, 0), 100)).isEmpty();
    assertThat(DataDiagnostics.ofDuplicates(train, data(1, 1, 0, 0), 1)).isEmpty();
    Dataset floats =
        Dataset.of(
            "f", Shape.of(1, 1, 2), List.of("a", "b"), new float[] {1, 2, 3, 4}, new int[] {0, 1});
    assertThat(kinds(DataDiagnostics.ofDuplicates(floats, floats, 100)))
        .containsExactly(Kind.DUPLICATES);
  }
}

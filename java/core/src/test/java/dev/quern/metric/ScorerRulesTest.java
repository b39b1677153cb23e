package dev.quern.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What a scorer keeps, refuses, and says where a share has no meaning. */
class ScorerRulesTest {
  private static final List<String> NO_NAMES = List.of();
  private static final float NAN = Float.NaN;
  private static final float INFINITY = Float.POSITIVE_INFINITY;

  @Test
  void batchesChangeNoBit() {
    SplittableRandom random = new SplittableRandom(5);
    float[] outputs = new float[24 * 3];
    float[] targets = new float[outputs.length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = (float) (random.nextDouble() * 4 - 2);
      targets[i] = random.nextInt(2);
    }
    for (Supplier<Scorer> made :
        List.<Supplier<Scorer>>of(
            () -> Scorer.singleLabel(3, NO_NAMES, Outputs.LOGITS),
            () -> Scorer.multiLabel(3, NO_NAMES, Outputs.LOGITS),
            () -> Scorer.pixelClasses(3, NO_NAMES, null),
            () -> Scorer.regression(3, NO_NAMES),
            Scorer::image)) {
      Report whole = made.get().add(24, outputs, targets).report();
      for (int batch : new int[] {1, 5, 7}) {
        Scorer s = made.get().add(0, new float[0], new float[0]);
        for (int from = 0; from < 24; from += batch) {
          int to = Math.min(24, from + batch);
          float[] x = Arrays.copyOfRange(outputs, 3 * from, 3 * to);
          s.add(to - from, x, Arrays.copyOfRange(targets, 3 * from, 3 * to));
        }
        assertThat(s.report()).isEqualTo(whole);
        assertThat(s.report()).as("asked again").isEqualTo(whole);
      }
    }
  }

  @Test
  void refusedBatchChangesNothing() {
    Scorer s = Scorer.singleLabel(2, NO_NAMES, Outputs.PROBABILITIES);
    s.add(1, new float[] {0.25f, 0.75f}, new int[] {1});
    Report before = s.report();
    float[] good = {0.5f, 0.5f, 1, 0};
    refused(ShapeException.class, "expected 2x2 outputs, found 3", s, new float[3], 0, 1);
    refused(ShapeException.class, "1 labels do not fit the outputs, expected 2", s, good, 0);
    refused(InvalidArgumentException.class, "label 2 is outside [0, 2)", s, good, 0, 2);
    refused(InvalidArgumentException.class, "label -1 is outside [0, 2)", s, good, 0, -1);
    float[] odd = {0.5f, 0.5f, 1.5f, 0};
    refused(
        InvalidArgumentException.class,
        "output 2 of the batch is 1.5, expected a prob",
        s,
        odd,
        0,
        1);
    odd[2] = NAN;
    refused(NumericException.class, "output 2 of the batch is NaN", s, odd, 0, 1);
    odd[2] = INFINITY;
    refused(NumericException.class, "output 2 of the batch is Infinity", s, odd, 0, 1);
    refused(InvalidArgumentException.class, "outputs is null", s, null, 0, 1);
    assertThatThrownBy(() -> s.add(2, good, new float[] {0, 1, NAN, 0}))
        .isInstanceOf(NumericException.class)
        .hasMessageContaining("target 2 of the batch is NaN");
    assertThatThrownBy(() -> s.add(2, good, new float[] {0, 1, 2, 0}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("target 2 of the batch is 2.0");
    assertThat(s.report()).isEqualTo(before);
  }

  private static void refused(
      Class<? extends QuernException> type, String message, Scorer s, float[] x, int... labels) {
    assertThatThrownBy(() -> s.add(2, x, labels)).isInstanceOf(type).hasMessageContaining(message);
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> Scorer.singleLabel(2, List.of("a"), Outputs.LOGITS))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("single_label: 1 names do not fit 2 outputs");
    assertThatThrownBy(() -> Scorer.multiLabel(0, NO_NAMES, Outputs.LOGITS))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("multi_label: outputs 0 must be at least 1");
    for (int k : new int[] {0, 3}) {
      assertThatThrownBy(() -> Scorer.singleLabel(2, NO_NAMES, Outputs.LOGITS, k))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("single_label: top " + k + " is outside [1, 2]");
    }
    for (double range : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> Scorer.image(range)).isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> Scorer.regression(1, NO_NAMES).report())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("regression: no samples have been added");
    for (Scorer s :
        List.of(
            Scorer.multiLabel(1, NO_NAMES, Outputs.LOGITS),
            Scorer.regression(1, NO_NAMES),
            Scorer.image())) {
      assertThatThrownBy(() -> s.add(1, new float[1], new int[1]))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageEndingWith(": expects targets, found labels");
    }
  }

  @Test
  void topFiveIsThereWhereClassesAreMore() {
    assertThat(oneSample(5).metrics()).doesNotContainKey("top5_accuracy");
    assertThat(oneSample(6).metrics()).containsKey("top5_accuracy");
  }

  private static Report oneSample(int classes) {
    return Scorer.singleLabel(classes, NO_NAMES, Outputs.LOGITS)
        .add(1, new float[classes], new int[1])
        .report();
  }

  @Test
  void softTargetsCountByTheirLargest() {
    float[] x = {3, 1, 2, 0, 0, 1};
    float[] soft = {0.5f, 0.25f, 0.25f, 0.4f, 0.4f, 0.2f};
    Scorer s = Scorer.singleLabel(3, NO_NAMES, Outputs.LOGITS);
    Report r = s.add(2, x, soft).report();
    assertThat(r.metric("accuracy")).isEqualTo(0.5); // the first of equals is the second's label
    assertThat(r.rows().get(0).support()).isEqualTo(2);
    double first = Math.log(Math.exp(3) + Math.exp(1) + Math.exp(2)) - (1.5 + 0.25 + 0.5);
    double second = Math.log(2 + Math.E) * (0.4f + 0.4f + 0.2f) - 0.2f;
    assertThat(r.metric("log_loss")).isCloseTo((first + second) / 2, within(1e-7));
  }

  @Test
  void labelsHoldAboveOneHalf() {
    float[] p = {0.3f, 0.5f, 0.75f, 0.6f};
    float[] targets = {0.5f, 0.25f, 0.55f, 1};
    Scorer s = Scorer.multiLabel(2, NO_NAMES, Outputs.PROBABILITIES).add(2, p, targets);
    Report r = s.report();
    assertThat(r.metric("accuracy")).isEqualTo(1);
    assertThat(r.metric("exact_match")).isEqualTo(1);
    double loss = 0;
    for (int i = 0; i < p.length; i++) {
      loss -= targets[i] * Math.log(p[i]) + (1 - targets[i]) * Math.log(1 - p[i]);
    }
    assertThat(r.metric("log_loss")).isCloseTo(loss / 4, within(1e-7));
    assertThat(r.rows().get(0).support()).isEqualTo(1);
  }

  /** Of three equal logits, 5/15 is the end of the fifth bin, and 0.38 is in the sixth. */
  @Test
  void binsEndAtTheirLargerEdge() {
    float[] x = {0, 0, 0, (float) Math.log(0.38), (float) Math.log(0.31), (float) Math.log(0.31)};
    Scorer s = Scorer.singleLabel(3, NO_NAMES, Outputs.LOGITS).add(2, x, new int[] {0, 1});
    assertThat(s.report().metric("calibration_error"))
        .isCloseTo((1 - 1 / 3.0 + 0.38) / 2, within(1e-7));
  }

  @Test
  void logitsOfAnySizeHaveALogLoss() {
    float[] x = {1e30f, 0, -1e30f, 0, 1e30f, 0};
    Scorer s = Scorer.singleLabel(3, NO_NAMES, Outputs.LOGITS).add(2, x, new int[] {0, 0});
    assertThat(s.report().metric("log_loss")).isCloseTo(5e29, within(1e23));
    Scorer m = Scorer.multiLabel(1, NO_NAMES, Outputs.LOGITS);
    m.add(2, new float[] {1e30f, -1e30f}, new float[] {1, 0});
    assertThat(m.report().metric("log_loss")).isZero();
    Scorer p = Scorer.singleLabel(2, NO_NAMES, Outputs.PROBABILITIES);
    p.add(1, new float[] {0, 1}, new int[1]);
    assertThat(p.report().metric("log_loss")).isCloseTo(23 * Math.log(2), within(1e-12));
  }

  /** Where float32 probabilities are all 1, log odds still differ. */
  @Test
  void confidentLogitsStillRank() {
    float[] x = {60, 0, 50, 0, 40, 0};
    Scorer s = Scorer.singleLabel(2, NO_NAMES, Outputs.LOGITS).add(3, x, new int[] {0, 0, 1});
    assertThat(s.report().metric("auc_macro")).isEqualTo(1);
  }

  @Test
  void classesOfNoMeaningAreLeftOutOfTheAreaUnderTheCurve() {
    float[] x = {0.9f, 0.1f, 0, 0.2f, 0.8f, 0};
    Scorer s = Scorer.singleLabel(3, NO_NAMES, Outputs.PROBABILITIES).add(2, x, new int[] {0, 1});
    Report r = s.report();
    assertThat(r.rows().get(2).metrics()).containsEntry("auc", Double.NaN).containsEntry("f1", 0.0);
    assertThat(r.metric("auc_macro")).isEqualTo(1);
    assertThat(r.metric("f1_macro")).as("of the classes that are seen").isEqualTo(1);
    assertThat(oneSample(1).metric("auc_macro")).isNaN();
  }

  @Test
  void tooManyScoresAreNotKept() {
    Scorer s = Scorer.multiLabel(4096, NO_NAMES, Outputs.PROBABILITIES);
    float[] x = new float[512 * 4096];
    x[0] = 1;
    for (int i = 0; i < 8; i++) {
      s.add(512, x, x);
    }
    assertThat(s.report().rows().get(0).metrics()).containsEntry("auc", 1.0);
    s.add(1, new float[4096], new float[4096]).add(512, x, x);
    Report r = s.report();
    assertThat(r.metric("auc_macro")).isNaN();
    assertThat(r.metric("average_precision_macro")).isNaN();
    assertThat(r.metric("accuracy")).isEqualTo(1);
  }

  @Test
  void ofManyClassesThereIsNoMatrix() {
    assertThat(oneSample(2048).confusion()).isNotNull();
    Report r = oneSample(2049);
    assertThat(r.confusion()).isNull();
    assertThat(r.metric("accuracy")).isEqualTo(1);
    assertThat(r.rows()).hasSize(2049);
  }

  @Test
  void pixelsTakeIndicesOrProbabilities() {
    float[] x = {1, 0, 0, 0, /* class 1 */ 0, 1, 0, 1}; // 1 image, 2 classes, 4 pixels
    Report byIndex = pixels().add(1, x, new int[] {0, 1, 1, 7}).report();
    assertThat(byIndex.metric("pixel_accuracy")).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(byIndex.confusion().counts()).isDeepEqualTo(new long[][] {{1, 0}, {1, 1}});
    assertThat(pixels().add(1, x, new float[] {0, 1, 1, 7}).report()).isEqualTo(byIndex);
    float[] soft = {0.9f, 0, 0.4f, 0, 0.1f, 1, 0.6f, 1};
    assertThat(pixels().add(1, x, soft).report().confusion().counts())
        .isDeepEqualTo(new long[][] {{1, 0}, {1, 2}});
    assertThatThrownBy(() -> pixels().add(1, x, new float[] {0, 0.5f, 1, 1}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pixel_classes: label 0.5 must be an integer");
    assertThatThrownBy(() -> pixels().add(1, x, new float[] {0, 1, 1, 3e9f}))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> pixels().add(1, x, new float[5])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> pixels().add(3, x, new float[4])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> pixels().add(0, x, new float[4])).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> pixels().add(1, x, new int[] {7, 7, 7, 7}).report())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pixel_classes: no samples have been added");
  }

  @Test
  void onePlaneTellsTwoClassesApart() {
    float[] logits = {-1, 2, 0, 3, 1, -5};
    float[] targets = {0, 1, 0.2f, 0, -100, 0.75f};
    ConfusionMatrix wanted =
        ConfusionMatrix.of(List.of("ground", "disc"), new long[] {2, 1}, new long[] {1, 1});
    List<String> names = List.of("ground", "disc");
    Scorer s = Scorer.pixelMask(names, Outputs.LOGITS, -100);
    assertThat(s.add(2, logits, targets).report().confusion()).isEqualTo(wanted);
    Scorer p = Scorer.pixelMask(names, Outputs.PROBABILITIES, -100);
    p.add(2, new float[] {0.4f, 0.6f, 0.5f, 1, 1, 0}, new int[] {0, 1, 0, 0, -100, 1});
    assertThat(p.report()).isEqualTo(s.report());
    assertThatThrownBy(() -> s.add(1, new float[2], new float[] {0, 2}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pixel_mask: label 2 is outside [0, 2)");
    assertThatThrownBy(() -> s.add(1, new float[1], new float[] {1.5f}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("pixel_mask: label 1.5 must be an integer");
    assertThatThrownBy(() -> s.add(1, new float[2], new float[1]))
        .isInstanceOf(ShapeException.class);
  }

  private static Scorer pixels() {
    return Scorer.pixelClasses(2, NO_NAMES, 7);
  }

  @Test
  void constantTargetsAreMetOrNot() {
    float[] constant = {3, 3};
    Scorer met = Scorer.regression(1, NO_NAMES).add(2, constant, constant);
    assertThat(met.report().metric("r2")).isEqualTo(1);
    Scorer missed = Scorer.regression(1, NO_NAMES).add(2, new float[] {3, 4}, constant);
    assertThat(missed.report().metric("r2")).isZero();
    Scorer one = Scorer.regression(1, NO_NAMES).add(1, new float[1], new float[1]);
    assertThat(one.report().metric("r2")).isNaN();
  }

  @Test
  void imagesAreMeasuredByTheirRange() {
    float[] targets = {1, 3};
    float[] outputs = {1.5f, 3};
    double rmse = Math.sqrt(0.125);
    assertThat(Scorer.image().add(1, outputs, targets).report().metric("psnr"))
        .isCloseTo(20 * Math.log10(2 / rmse), within(1e-12));
    Report r = Scorer.image(1).add(1, outputs, targets).report();
    assertThat(r.metric("psnr")).isCloseTo(-20 * Math.log10(rmse), within(1e-12));
    assertThat(r.metric("mae")).isEqualTo(0.25);
    assertThat(Scorer.image().add(1, targets, targets).report().metric("psnr")).isInfinite();
  }
}

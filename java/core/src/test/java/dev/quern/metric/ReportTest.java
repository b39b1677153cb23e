package dev.quern.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Reports and confusion matrices: what they say, as text, and as maps for JSON. */
class ReportTest {
  private static final float[] X = {2, 1, 0, 0, 3, 1, 5, 0, 0, 1, 2, 3};

  private static Report report() {
    return Scorer.singleLabel(3, List.of("cat", "dog", "a bird"), Outputs.LOGITS, 2)
        .add(4, X, new int[] {0, 1, 1, 2})
        .report();
  }

  @Test
  void readsAsATable() {
    assertThat(report().toString())
        .isEqualTo(
            """
                    precision  recall      f1     auc  support
            cat        0.5000  1.0000  0.6667  0.6667        1
            dog        1.0000  0.5000  0.6667  0.5000        2
            a bird     1.0000  1.0000  1.0000  1.0000        1

            accuracy            0.7500
            top2_accuracy       1.0000
            log_loss            1.4996
            calibration_error   0.4531
            precision_macro     0.8333
            recall_macro        0.8333
            f1_macro            0.7778
            precision_weighted  0.8750
            recall_weighted     0.7500
            f1_weighted         0.7500
            auc_macro           0.7222
            """);
    assertThat(report().confusion().toString())
        .isEqualTo(
            """
            label   cat  dog  a bird
            cat       1    0       0
            dog       1    1       0
            a bird    0    0       1
            """);
  }

  @Test
  void readsTheSameInAnyLanguage() {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(report().toString()).contains("0.7500").doesNotContain("0,");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void csvQuotesNames() {
    ConfusionMatrix m =
        ConfusionMatrix.of(List.of("a,b", "c \"d\""), new long[] {1, 2}, new long[] {3, 4});
    assertThat(m.toCsv())
        .isEqualTo("label,\"a,b\",\"c \"\"d\"\"\"\n\"a,b\",1,2\n\"c \"\"d\"\"\",3,4\n");
  }

  @Test
  void manyClassesAreShownInPart() {
    int n = 60;
    List<String> names = new ArrayList<>(Collections.nCopies(n, "x".repeat(3000) + "\n"));
    ConfusionMatrix m = ConfusionMatrix.of(names, new long[n][n]);
    String text = m.toString();
    assertThat(text).endsWith("and 40 more classes\n");
    assertThat(text.lines()).hasSize(22).allMatch(line -> line.length() <= 21 * 22);
    Report.Row row = new Report.Row("r", 1, Map.of("f1", 0.5));
    String report = new Report(Map.of(), null, Collections.nCopies(n, row)).toString();
    assertThat(report.lines()).hasSize(53);
    assertThat(report).contains("and 10 more\n");
    assertThat(new Report(Map.of(), null, List.of()).toString()).isEmpty();
  }

  @Test
  void matrixCountsAndShares() {
    ConfusionMatrix m =
        ConfusionMatrix.of(
            List.of(), new long[] {4, 1, 0, 0}, new long[] {2, 3, 0, 0}, new long[4], new long[4]);
    assertThat(m.total()).isEqualTo(10);
    assertThat(m.support(1)).isEqualTo(5);
    assertThat(m.name(3)).isEqualTo("3");
    assertThat(m.accuracy()).isEqualTo(0.7);
    assertThat(m.precision(0)).isEqualTo(4 / 6.0);
    assertThat(m.recall(0)).isEqualTo(0.8);
    assertThat(m.f1(0)).isCloseTo(8 / 11.0, within(1e-15));
    assertThat(m.iou(0)).isCloseTo(4 / 7.0, within(1e-15));
    assertThat(m.precision(2) + m.recall(2) + m.f1(2) + m.iou(2)).isZero();
    assertThat(m.meanIou()).isCloseTo((4 / 7.0 + 3 / 6.0) / 2, within(1e-15));
    assertThat(m.f1Macro()).isCloseTo((8 / 11.0 + 6 / 9.0) / 2, within(1e-15));
    assertThat(ConfusionMatrix.of(List.of(), new long[1]).accuracy()).as("of nothing").isZero();
  }

  @Test
  void hugeCountsKeepTheirShares() {
    long huge = Long.MAX_VALUE / 4;
    ConfusionMatrix m =
        ConfusionMatrix.of(List.of(), new long[] {huge, huge}, new long[] {huge, huge});
    assertThat(m.total()).isEqualTo(4 * huge);
    for (double share : new double[] {m.accuracy(), m.precision(0), m.recall(1), m.f1(0)}) {
      assertThat(share).isEqualTo(0.5);
    }
    assertThat(m.iou(0)).isCloseTo(1 / 3.0, within(1e-15));
    assertThatThrownBy(
            () ->
                ConfusionMatrix.of(List.of(), new long[] {huge, huge}, new long[] {huge, 9 + huge}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the total at most 2^63 - 1");
  }

  @Test
  void matrixIsChecked() {
    assertThatThrownBy(() -> ConfusionMatrix.of(List.of(), new long[2], new long[1]))
        .isInstanceOf(ShapeException.class)
        .hasMessage("confusion: row 1 has 1 counts for 2 classes");
    assertThatThrownBy(() -> ConfusionMatrix.of(List.of(), new long[] {-1}))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("count -1 must be at least 0");
    assertThatThrownBy(() -> ConfusionMatrix.of(List.of(), new long[8193][1]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("confusion: 8193 classes exceed the maximum of 8192");
    assertThatThrownBy(() -> ConfusionMatrix.of(List.of()))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> report().confusion().precision(3))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("confusion: class 3 is outside [0, 3)");
    assertThatThrownBy(() -> report().metric("f2"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("report: unknown metric f2, found [accuracy, top2_accuracy,");
  }

  @Test
  void copiesDoNotLeadBack() {
    Report r = report();
    r.confusion().counts()[0][0] = 99;
    assertThat(r).isEqualTo(report()).hasSameHashCodeAs(report());
    assertThatThrownBy(() -> r.metrics().clear()).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void mapHoldsWhatJsonCan() {
    Map<String, Object> map = report().toMap();
    assertThat(map).containsOnlyKeys("scores", "rows", "confusion");
    assertThat(map.get("scores").toString()).startsWith("{accuracy=0.75, top2_accuracy=1.0");
    assertThat(map.get("rows").toString()).contains("{name=dog, support=2, precision=1.0,");
    assertThat(map.get("confusion").toString()).startsWith("{classes=[cat, dog, a bird], counts=");
    Report odd = new Report(Map.of("auc", Double.NaN), null, List.of());
    assertThat(odd.toMap()).containsOnlyKeys("scores", "rows");
    assertThat(odd.toMap().get("scores")).hasToString("{auc=null}");
  }
}

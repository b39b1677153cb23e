package dev.quern.notebook;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static double difference(double a, double b) {
    return Comparison.difference(new double[] {0, a}, new double[] {0, b});
  }

  @Test
  void theLargestDifferenceIsAShareOfTheLargestMagnitude() {
    double[] replayed = {1, -7.5, 3};
    double[] recorded = {1.5, -8, 3};
    assertThat(Comparison.difference(replayed, recorded)).isEqualTo(0.5 / 8);
  }

  @Test
  void nothingIsNoDifferenceAndSomethingBesideZerosIsOneWithoutBounds() {
    assertThat(difference(0, 0)).isZero();
    assertThat(difference(1e-30, 0)).isEqualTo(Double.POSITIVE_INFINITY);
  }

  @Test
  void whatIsNoNumberNeverAgrees() {
    double inf = Double.POSITIVE_INFINITY;
    assertThat(difference(Double.NaN, 1)).isNaN();
    assertThat(difference(1, Double.NaN)).isNaN();
    assertThat(difference(Double.NaN, Double.NaN)).isNaN();
    assertThat(difference(inf, 1)).isEqualTo(inf);
    assertThat(difference(1, inf)).isNaN();
    assertThat(difference(inf, inf)).isZero();
    assertThat(comparison(Double.NaN, true).agrees()).isFalse();
  }

  @Test
  void theBoundIsOneHundredThousandth() {
    assertThat(comparison(1e-5, true).verdict()).isEqualTo("agrees");
    assertThat(comparison(1.0001e-5, true).verdict()).isEqualTo("DIFFERS");
    assertThat(comparison(1.0001e-5, true).passes()).isFalse();
    assertThat(comparison(1, false).verdict()).isEqualTo("not compared");
    assertThat(comparison(1, false).passes()).isTrue();
  }

  private static Comparison comparison(double difference, boolean compared) {
    Ledger.Entry entry = new Ledger.Entry("t", new double[0], List.of(), List.of());
    return new Comparison(entry, difference, compared);
  }
}

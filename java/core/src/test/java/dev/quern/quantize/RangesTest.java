package dev.quern.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.quern.error.NumericException;
import dev.quern.layer.activation.FakeQuantize;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RangesTest {
  private static Histogram of(float... values) {
    Histogram h = new Histogram("x");
    h.bound(values);
    h.count(values);
    return h;
  }

  /** A bell, and one value far away. */
  private static float[] bell(float far) {
    Random random = new Random(3);
    float[] values = new float[20_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    values[7] = far;
    return values;
  }

  private static float top(FakeQuantize q) {
    return (q.quantMax() - q.zeroPoint()) * q.scale();
  }

  private static double error(float[] values, FakeQuantize q) {
    double sum = 0;
    for (float v : values) {
      double step = Math.rint(v / q.scale()) + q.zeroPoint();
      double rounded = (Math.max(0, Math.min(255, step)) - q.zeroPoint()) * q.scale();
      sum += (rounded - v) * (rounded - v);
    }
    return sum;
  }

  @Test
  void zeroIsAStep() {
    for (float[] range : new float[][] {{0, 5}, {-3, 0}, {-1, 7}, {2, 9}, {-9, -4}, {-1e-3f, 1}}) {
      FakeQuantize q = Ranges.of(of(range), CalibrationMethod.MIN_MAX);
      assertThat(q.quantMin()).isZero();
      assertThat(q.quantMax()).isEqualTo(255);
      assertThat(q.zeroPoint()).isBetween(0, 255);
      assertThat(top(q)).isCloseTo(Math.max(0, range[1]), offset(q.scale()));
      assertThat(-q.zeroPoint() * q.scale()).isCloseTo(Math.min(0, range[0]), offset(q.scale()));
    }
    assertThat(Ranges.of(of(0, 5), CalibrationMethod.MIN_MAX).zeroPoint()).isZero();
    assertThat(Ranges.of(of(-3, 0), CalibrationMethod.MIN_MAX).zeroPoint()).isEqualTo(255);
    assertThat(Ranges.of(of(0, 0), CalibrationMethod.ENTROPY))
        .isEqualTo(new FakeQuantize(1, 0, 0, 255));
  }

  @Test
  void outliersDecideMinMaxOnly() {
    float[] values = bell(60);
    assertThat(top(Ranges.of(of(values), CalibrationMethod.MIN_MAX))).isCloseTo(60, offset(0.3f));
    for (CalibrationMethod m :
        new CalibrationMethod[] {CalibrationMethod.PERCENTILE, CalibrationMethod.ENTROPY}) {
      assertThat(top(Ranges.of(of(values), m))).as(m.name()).isBetween(2.5f, 10f);
    }
  }

  @Test
  void leastSquaredErrorIsLeast() {
    for (float far : new float[] {4, 20, -30}) {
      float[] values = bell(far);
      double least = error(values, Ranges.of(of(values), CalibrationMethod.MSE));
      for (CalibrationMethod other : CalibrationMethod.values()) {
        assertThat(least)
            .as(other + " with " + far)
            .isLessThanOrEqualTo(1.01 * error(values, Ranges.of(of(values), other)));
      }
    }
  }

  @Test
  void noNumber() {
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> new Histogram("conv").bound(new float[] {1, bad, 2}))
          .isExactlyInstanceOf(NumericException.class)
          .hasMessageContainingAll("quantize: conv has value", String.valueOf(bad));
    }
  }
}

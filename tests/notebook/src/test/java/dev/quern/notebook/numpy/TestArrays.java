package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.Random;

/** Inputs and comparisons that several tests share. */
final class TestArrays {
  private TestArrays() {}

  /** Uniform in [-1, 1). */
  static NdArray random(long seed, Shape shape) {
    return NdArray.of(shape, new Random(seed).doubles(shape.elements(), -1, 1).toArray());
  }

  /** {@code max |actual - expected| <= tolerance * max |expected|}, and no NaN. */
  static void assertClose(String what, NdArray actual, NdArray expected, double tolerance) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      scale = Math.max(scale, Math.abs(expected.get(i)));
      worst = Math.max(worst, Math.abs(actual.get(i) - expected.get(i)));
    }
    assertThat(worst).as(what).isLessThanOrEqualTo(tolerance * scale);
  }
}

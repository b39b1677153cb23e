package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Inputs and comparisons that several tests share. */
public final class TestArrays {
  private TestArrays() {}

  /** Uniform in [-1, 1). */
  public static NdArray random(long seed, Shape shape) {
    Random random = new Random(seed);
    NdArray array = new NdArray(shape);
    for (int i = 0; i < array.size(); i++) {
      array.set(i, random.nextDouble() * 2 - 1);
    }
    return array;
  }

  /**
   * Shuffled values on both sides of 0, each at least 0.05 from every other and from 0: no kink of
   * ReLU or max-pool is near.
   */
  public static NdArray apart(long seed, Shape shape) {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < shape.elements(); i++) {
      values.add(0.05 * (i / 2 + 1) * (i % 2 == 0 ? 1 : -1));
    }
    Collections.shuffle(values, new Random(seed));
    return NdArray.of(shape, values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The sum of the products of equal places: a scalar whose gradient for {@code a} is {@code b}.
   */
  public static double dot(NdArray a, NdArray b) {
    assertThat(a.shape()).isEqualTo(b.shape());
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.get(i) * b.get(i);
    }
    return sum;
  }

  /** {@code max |actual - expected| <= tolerance * max |expected|}, and no NaN. */
  public static void assertClose(String what, NdArray actual, NdArray expected, double tolerance) {
    assertThat(actual.shape()).as(what).isEqualTo(expected.shape());
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.size(); i++) {
      scale = Math.max(scale, Math.abs(expected.get(i)));
      worst = Math.max(worst, Math.abs(actual.get(i) - expected.get(i)));
    }
    assertThat(worst)
        .as("%s: largest difference, the largest magnitude being %s", what, scale)
        .isLessThanOrEqualTo(tolerance * scale);
  }
}

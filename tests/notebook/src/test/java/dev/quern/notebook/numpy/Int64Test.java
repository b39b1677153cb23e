package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class Int64Test {
  @Test
  void cutsOffTowardsZero() {
    assertThat(Int64.ofDouble(2.9)).isEqualTo(2);
    assertThat(Int64.ofDouble(-2.9)).isEqualTo(-2);
  }

  @Test
  void keepsTheWholeRange() {
    assertThat(Int64.ofDouble(-0x1p63)).isEqualTo(Long.MIN_VALUE);
    assertThat(Int64.ofDouble(Math.nextDown(0x1p63))).isEqualTo(Long.MAX_VALUE - 1023);
    assertThat(Int64.ofDouble(-0x1p63 + 1024)).isEqualTo(Long.MIN_VALUE + 1024);
  }

  @Test
  void givesTheSmallestIntegerForEverythingElse() {
    assertThat(Int64.ofDouble(0x1p63)).isEqualTo(Long.MIN_VALUE);
    assertThat(Int64.ofDouble(1e31)).isEqualTo(Long.MIN_VALUE);
    assertThat(Int64.ofDouble(-1e31)).isEqualTo(Long.MIN_VALUE);
    assertThat(Int64.ofDouble(Double.POSITIVE_INFINITY)).isEqualTo(Long.MIN_VALUE);
    assertThat(Int64.ofDouble(Double.NaN)).isEqualTo(Long.MIN_VALUE);
  }
}

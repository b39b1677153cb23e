package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SparklineTest {
  @Test
  void spansTheValues() {
    assertThat(Sparkline.of(List.of(7.0, 5.0, 3.0, 1.0, 0.0), 40)).isEqualTo("█▆▄▂▁");
    assertThat(Sparkline.of(List.of(-2.0, -1.0), 40)).isEqualTo("▁█");
    assertThat(Sparkline.of(List.of(3.0, 3.0), 40)).isEqualTo("▁▁");
    assertThat(Sparkline.of(List.of(), 40)).isEmpty();
  }

  @Test
  void valuesThatAreNotFiniteAreGaps() {
    assertThat(Sparkline.of(List.of(1.0, Double.NaN, 0.0, Double.POSITIVE_INFINITY), 40))
        .isEqualTo("█ ▁ ");
    assertThat(Sparkline.of(List.of(Double.NaN), 40)).isEqualTo(" ");
  }

  /** Each character has the mean of as many values as the others, or one more. */
  @Test
  void manyValuesBecomeMeans() {
    List<Double> falling = IntStream.range(0, 800).mapToObj(i -> 800.0 - i).toList();
    assertThat(Sparkline.of(falling, 8)).isEqualTo("█▇▆▅▄▃▂▁");
    assertThat(Sparkline.of(List.of(9.0, 0.0, 0.0, 9.0, 0.0, 0.0), 3)).isEqualTo("██▁");
    assertThat(Sparkline.of(Collections.nCopies(1001, 1.0), 40)).isEqualTo("▁".repeat(40));
  }
}

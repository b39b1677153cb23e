package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StandardNormalTest {
  @Test
  void hasTheMomentsAndTailsOfANormalDistribution() {
    int n = 100_000;
    StandardNormal normal = new StandardNormal(1);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    int beyondTwo = 0;
    for (int i = 0; i < n; i++) {
      double x = normal.next();
      sum += x;
      squares += x * x;
      fourths += x * x * x * x;
      beyondTwo += Math.abs(x) > 2 ? 1 : 0;
    }
    // each bound is more than four standard errors wide
    assertThat(sum / n).isCloseTo(0, within(0.013));
    assertThat(squares / n).isCloseTo(1, within(0.02));
    assertThat(fourths / n).isCloseTo(3, within(0.13));
    assertThat((double) beyondTwo / n).isCloseTo(0.0455, within(0.003));
  }

  @Test
  void isAFunctionOfTheSeed() {
    double first = new StandardNormal(7).next();
    assertThat(new StandardNormal(7).next()).isEqualTo(first);
    assertThat(new StandardNormal(8).next()).isNotEqualTo(first);
  }
}

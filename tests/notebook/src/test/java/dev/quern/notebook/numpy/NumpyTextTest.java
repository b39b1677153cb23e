package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class NumpyTextTest {
  @Test
  void printsShapesAsTuples() {
    assertThat(NumpyText.tuple(Shape.of(10000, 1, 28, 28))).isEqualTo("(10000, 1, 28, 28)");
    assertThat(NumpyText.tuple(Shape.of(10))).isEqualTo("(10,)");
  }

  @Test
  void printsArraysInColumns() {
    assertThat(NumpyText.array(10000, 121)).isEqualTo("[10000   121]");
    assertThat(NumpyText.array(32, 121)).isEqualTo("[ 32 121]");
  }

  @Test
  void printsTheShortestNumberThatReadsBack() {
    assertThat(NumpyText.number(8.283770071058346)).isEqualTo("8.283770071058346");
    assertThat(NumpyText.number(10)).isEqualTo("10.0");
    assertThat(NumpyText.number(2.0e-3)).isEqualTo("0.002");
    assertThat(NumpyText.number(0)).isEqualTo("0.0");
    assertThat(NumpyText.number(Double.NaN)).isEqualTo("nan");
    assertThat(NumpyText.number(Double.NEGATIVE_INFINITY)).isEqualTo("-inf");
  }
}

package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NotebookLossTest {
  @Test
  void addsEpsilonInsideTheLogarithm() {
    NdArray logits = NdArray.of(Shape.of(2, 2), 1e6, 0, 1e6, 0);
    assertThat(NotebookLoss.of(logits, new int[] {1, 1}).value()).isEqualTo(-Math.log(1e-4));
    assertThat(NotebookLoss.of(logits, new int[] {0, 0}).value()).isEqualTo(-Math.log(1 + 1e-4));
  }

  @Test
  void isTheMeanOverTheBatch() {
    NdArray logits = NdArray.of(Shape.of(2, 2), 1e6, 0, 1e6, 0);
    assertThat(NotebookLoss.of(logits, new int[] {0, 1}).value())
        .isCloseTo((-Math.log(1e-4) - Math.log(1 + 1e-4)) / 2, within(1e-15));
  }

  @Test
  void addsManyEqualLossesWithoutDrift() {
    int n = 10_000;
    NdArray logits = new NdArray(Shape.of(n, 10));
    int[] labels = new int[n];
    for (int i = 0; i < n; i++) {
      logits.set(i * 10, 1e6);
    }
    Arrays.fill(labels, 1);
    assertThat(NotebookLoss.of(logits, labels).value()).isCloseTo(-Math.log(1e-4), within(1e-14));
  }

  @Test
  void givesTheProbabilities() {
    NdArray logits = NdArray.of(Shape.of(1, 2), Math.log(1), Math.log(3));
    assertThat(NotebookLoss.of(logits, new int[] {0}).probabilities().values())
        .containsExactly(new double[] {0.25, 0.75}, within(1e-15));
  }
}

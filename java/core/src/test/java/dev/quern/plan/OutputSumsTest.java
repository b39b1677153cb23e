package dev.quern.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.internal.OffHeap;
import org.bytedeco.javacpp.FloatPointer;
import org.junit.jupiter.api.Test;

class OutputSumsTest {
  /** A small set first, and then a large one, by the same evaluator. */
  @Test
  void sumsGrowWithTheBatch() {
    try (OutputSums sums = new OutputSums();
        OffHeap memory = new OffHeap(100 * Float.BYTES, "values")) {
      FloatPointer values = memory.floats(0);
      sums.add(0, true, 1, values, 3);
      for (int view = 0; view < 2; view++) {
        for (int i = 0; i < 100; i++) {
          values.put(i, i);
        }
        sums.add(0, view == 0, 0.5, values, 100);
      }
      sums.put(0, values, 100);
      for (int i = 0; i < 100; i++) {
        assertThat(values.get(i)).isEqualTo(i);
      }
    }
  }
}

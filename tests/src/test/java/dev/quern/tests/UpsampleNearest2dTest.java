package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.tensor.Size;
import org.junit.jupiter.api.Test;

/** upsample_nearest2d against its twin. */
class UpsampleNearest2dTest {
  private static Twinned of(int height, int width) {
    return Resizing.of(new UpsampleNearest2d(new Size(height, width)));
  }

  @Test
  void everyFactor() {
    for (int h = 1; h <= 5; h++) {
      for (int w = 1; w <= 5; w++) {
        of(h, w).check(2, 3, 3, 4);
        of(h, w).check(1, 2, 1, 1);
      }
    }
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(2, 3).check(2, channels, 5, 4);
    }
  }

  @Test
  void repeatsEachPixel() {
    assertThat(of(1, 3).row(1, Float.NaN))
        .containsExactly(1, 1, 1, Float.NaN, Float.NaN, Float.NaN);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(2, 3).checkEmpty(3, 5, 7);
  }
}

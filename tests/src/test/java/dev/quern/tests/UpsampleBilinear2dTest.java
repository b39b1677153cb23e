package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.tensor.Size;
import org.junit.jupiter.api.Test;

/** upsample_bilinear2d against its twin. */
class UpsampleBilinear2dTest {
  private static Twinned of(int height, int width, boolean align) {
    return Resizing.of(new UpsampleBilinear2d(new Size(height, width), align));
  }

  @Test
  void everyFactor() {
    for (boolean align : new boolean[] {false, true}) {
      for (int h = 1; h <= 5; h++) {
        for (int w = 1; w <= 5; w++) {
          of(h, w, align).check(2, 3, 3, 4);
          of(h, w, align).check(1, 2, 1, 1);
        }
      }
      of(2, 2, align).check(1, 3, 13, 17);
    }
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(2, 3, false).check(2, channels, 5, 4);
      of(3, 2, true).check(2, channels, 5, 4);
    }
  }

  @Test
  void goesFromPixelToPixel() {
    assertThat(of(1, 2, false).row(4, 8)).containsExactly(4, 5, 7, 8);
    assertThat(of(1, 2, true).row(3, 6)).containsExactly(3, 4, 5, 6);
  }

  @Test
  void aNanIsInAllThatLiesBetween() {
    assertThat(of(1, 2, false).row(1, Float.NaN))
        .containsExactly(Float.NaN, Float.NaN, Float.NaN, Float.NaN); // 0 times it is one, too
    assertThat(of(1, 2, false).row(4, 8, Float.NaN)).startsWith(4, 5, 7);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(2, 3, false).checkEmpty(3, 5, 7);
    of(2, 3, true).checkEmpty(3, 5, 7);
  }
}

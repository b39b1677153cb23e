package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.tensor.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** adaptive_avg_pool2d against its twin. */
class AdaptiveAvgPool2dTest {
  private static Twinned of(int height, int width) {
    return Resizing.of(new AdaptiveAvgPool2d(new Size(height, width)));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2", "3,2", "4,7", "7,4", "9,11"})
  void everyOutputOnEverySize(int height, int width) {
    for (int h : new int[] {1, 2, 3, 5, 7, 13}) {
      for (int w : new int[] {1, 2, 3, 5, 11, 17}) {
        of(height, width).check(2, 3, h, w);
      }
    }
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(1, 1).check(3, channels, 7, 6);
      of(3, 2).check(1, channels, 7, 6);
    }
    of(2, 3).check(2, 131, 5, 5);
  }

  /** Sums over a whole image keep their digits. */
  @Test
  void globalPoolingOfALargeImage() {
    of(1, 1).check(1, 5, 224, 223);
  }

  @Test
  void nanAndInfinityStayInTheirWindows() {
    float inf = Float.POSITIVE_INFINITY;
    assertThat(of(1, 4).row(Float.NaN, 1, inf, 1, inf, -inf, 1, 3))
        .containsExactly(Float.NaN, inf, Float.NaN, 2);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(2, 3).checkEmpty(3, 5, 7);
  }
}

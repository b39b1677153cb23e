package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.ReflectionPad2d;
import org.junit.jupiter.api.Test;

/** reflection_pad2d against its twin. */
class ReflectionPad2dTest {
  private static Twinned of(int left, int right, int top, int bottom) {
    return Resizing.of(new ReflectionPad2d(left, right, top, bottom));
  }

  @Test
  void everySide() {
    for (int bits = 0; bits < 81; bits++) {
      of(bits % 3, bits / 3 % 3, bits / 9 % 3, bits / 27).check(2, 3, 4, 3);
    }
    of(0, 0, 0, 0).check(1, 2, 1, 1);
    of(6, 6, 4, 4).check(2, 2, 5, 7);
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(1, 2, 0, 3).check(2, channels, 5, 4);
    }
  }

  @Test
  void theEndsAreNotRepeated() {
    assertThat(of(2, 1, 0, 0).row(1, 2, 3)).containsExactly(3, 2, 1, 2, 3, 2);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(1, 2, 3, 4).checkEmpty(3, 5, 7);
  }
}

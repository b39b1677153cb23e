package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.CircularPad2d;
import org.junit.jupiter.api.Test;

/** circular_pad2d against its twin. */
class CircularPad2dTest {
  private static Twinned of(int left, int right, int top, int bottom) {
    return Resizing.of(new CircularPad2d(left, right, top, bottom));
  }

  @Test
  void everySide() {
    for (int bits = 0; bits < 81; bits++) {
      of(bits % 3, bits / 3 % 3, bits / 9 % 3, bits / 27).check(2, 3, 4, 3);
    }
    of(1, 1, 1, 1).check(1, 2, 1, 1);
    of(7, 7, 5, 5).check(2, 2, 5, 7);
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(1, 2, 0, 3).check(2, channels, 5, 4);
    }
  }

  @Test
  void beginsAgain() {
    assertThat(of(2, 1, 0, 0).row(1, 2, 3)).containsExactly(2, 3, 1, 2, 3, 1);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(1, 2, 3, 4).checkEmpty(3, 5, 7);
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.shape.ReplicationPad2d;
import org.junit.jupiter.api.Test;

/** replication_pad2d against its twin. */
class ReplicationPad2dTest {
  private static Twinned of(int left, int right, int top, int bottom) {
    return Resizing.of(new ReplicationPad2d(left, right, top, bottom));
  }

  @Test
  void everySide() {
    for (int bits = 0; bits < 81; bits++) {
      of(bits % 3, bits / 3 % 3, bits / 9 % 3, bits / 27).check(2, 3, 4, 3);
    }
    of(3, 2, 1, 4).check(1, 2, 1, 1);
    of(9, 6, 7, 8).check(2, 2, 5, 7);
  }

  @Test
  void channels() {
    for (int channels : Conv2dTest.CHANNELS) {
      of(1, 2, 0, 3).check(2, channels, 5, 4);
    }
  }

  @Test
  void theEndsAreRepeated() {
    assertThat(of(2, 1, 0, 0).row(1, 2, 3)).containsExactly(1, 1, 1, 2, 3, 3);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    of(1, 2, 3, 4).checkEmpty(3, 5, 7);
  }
}

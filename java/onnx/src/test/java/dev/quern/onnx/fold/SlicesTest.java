package dev.quern.onnx.fold;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlicesTest {
  /**
   * As ONNX does it, one index after another; unlike NumPy, a negative step starts at 0 or above.
   */
  private static List<Long> taken(long size, long start, long end, long step) {
    long from = start < 0 ? start + size : start;
    long to = end < 0 ? end + size : end;
    if (step > 0) {
      from = Math.max(from, 0);
    } else {
      from = Math.min(Math.max(from, 0), size - 1);
      to = end < -size ? -1 : to;
    }
    List<Long> all = new ArrayList<>();
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      if (i >= 0 && i < size) {
        all.add(i);
      }
    }
    return all;
  }

  @Test
  void boundsMayBeAnywhere() {
    for (long size = 0; size <= 4; size++) {
      for (long start = -6; start <= 6; start++) {
        for (long end = -6; end <= 6; end++) {
          for (long step : new long[] {1, 2, 3, -1, -2, -3}) {
            long[] found = new Slices.Bounds(0, start, end, step).of(size).indices();
            assertThat(found)
                .as("%d:%d:%d of %d", start, end, step, size)
                .containsExactly(taken(size, start, end, step).toArray(Long[]::new));
          }
        }
      }
    }
  }
}

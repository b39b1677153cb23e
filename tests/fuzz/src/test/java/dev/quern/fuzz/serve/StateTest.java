package dev.quern.fuzz.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What passes between processes comes back as it was. */
class StateTest {
  @Test
  void statesComeBack() {
    State state = new State(1, 2, 3, Map.of("quern-serve-io#", 2, "main", 1));
    assertThat(State.of(state.text())).isEqualTo(state);
    assertThat(state.allThreads()).isEqualTo(3);
  }

  @Test
  void theWorstOfAllRoundsIsTold() {
    assertThat(
            Worst.of(
                List.of(
                    "scans plain images 10 1 5 80 90 300",
                    "scans plain images 30 2 7 60 95 200",
                    "scans swaps images 1 0 1 1 1 1")))
        .containsExactly(
            "scans/plain, images: 2 rounds, 40 valid requests, 3 refused; worst p50 7 ms, p99 80 ms,"
                + " max 95 ms, server 300 MB",
            "scans/swaps, images: 1 rounds, 1 valid requests, 0 refused; worst p50 1 ms, p99 1 ms,"
                + " max 1 ms, server 1 MB");
  }

  @Test
  void quantilesAreOfAllTimes() {
    Times times = new Times();
    for (int i = 1; i <= 200; i++) {
      times.add(i * 1_000_000L, i % 2 == 0);
    }
    assertThat(times.quantile(0.99)).isEqualTo(199);
    assertThat(times.quantile(1)).isEqualTo(200);
    assertThat(times.refused()).isEqualTo(100);
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.network.Network;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link NetworkThreadsTest} over a hundred steps, in which a difference that ten steps leave below
 * the last bit has grown: {@code mvn verify -Pfull}.
 */
@Tag("full")
class LongRunThreadsTest {
  private static final int STEPS = 100;

  static Stream<Network> networks() {
    return NetworkBits.networks().stream();
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aHundredStepsLeaveTheSameBits(Network network) {
    int alone = NetworkBits.after(network, 1, STEPS);
    for (int threads : new int[] {1, 2, 3, 4, 8}) {
      assertThat(NetworkBits.after(network, threads, STEPS))
          .as("%d threads", threads)
          .isEqualTo(alone);
    }
  }
}

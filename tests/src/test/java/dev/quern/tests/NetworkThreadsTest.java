package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.Network;
import dev.quern.Networks;
import dev.quern.Shape;
import dev.quern.error.ShapeException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ten steps of a network leave the same weights, whatever the number of threads. */
class NetworkThreadsTest {
  static Stream<String> builtIn() {
    return Networks.names().stream();
  }

  @ParameterizedTest
  @MethodSource("builtIn")
  void builtInNetworksTrainToTheSameBits(String name) {
    Network network = reduced(name);
    int alone = NetworkBits.after(network, 1);
    for (int threads : new int[] {1, 2, 3, 4, 8}) {
      assertThat(NetworkBits.after(network, threads)).as("%d threads", threads).isEqualTo(alone);
    }
  }

  private static Network reduced(String name) {
    try {
      return Networks.byName(name, Shape.of(3, 16, 16), 10);
    } catch (ShapeException e) {
      return Networks.byName(name, Shape.of(3, 32, 32), 10);
    }
  }

  /** On each instruction set; IsaTest knows which of them may refuse. */
  @ParameterizedTest
  @ValueSource(strings = {"baseline", "avx2", "avx512", "amx", "neon"})
  void forcedInstructionSetsTrainToTheSameBits(String isa) throws Exception {
    ChildJvm.Result result = new ChildJvm().environment("QUERN_ISA", isa).run(NetworkBits.class);
    Assumptions.assumeTrue(result.status() != IsaMain.REFUSED, result.output());
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output()).startsWith("isa " + isa);
    List<String> lines = result.output().lines().filter(l -> l.startsWith("bits ")).toList();
    assertThat(lines).as(result.output()).hasSize(9);
    assertThat(lines.stream().distinct()).as(result.output()).hasSize(3);
  }
}

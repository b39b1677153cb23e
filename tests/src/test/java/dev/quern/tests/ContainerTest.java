package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** F3: in a container too small for all that is asked for, a refusal, and no kill. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "control groups are Linux's")
class ContainerTest {
  private static final long MIB = 1 << 20;

  private static ChildJvm.Result run(long limit, int depth, Class<?> main) throws Exception {
    try (MemoryGroup group = MemoryGroup.ofOrNull(limit, depth)) {
      assumeTrue(group != null, "no control group can be made here");
      return new ChildJvm()
          .option("-XX:+UseSerialGC")
          .option("-Xmx160m")
          .prefix(group.prefix())
          .run(main);
    }
  }

  static List<Integer> depths() {
    return Suite.first(1, List.of(3, 2, 1));
  }

  /** Three of 500 MiB fit 2000 MiB with a JVM; the limit may be that of a group around. */
  @ParameterizedTest
  @MethodSource("depths")
  void tensorsOfSixThreads(int depth) throws Exception {
    ChildJvm.Result result = run(2000 * MIB, depth, MemoryMain.Tensors.class);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("limit 2000 MiB, made 3", "left 0", "500 MiB requested")
        .hasLineCount(5);
  }

  /**
   * Each takes its 384 MiB in many pieces: two get all of theirs, and one gives back what it had.
   */
  @Test
  void threeTrainersAtOnce() throws Exception {
    ChildJvm.Result result = run(1100 * MIB, 1, MemoryMain.Trainers.class);
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("limit 1100 MiB, made 2", "left 0", " requested")
        .hasLineCount(3);
  }
}

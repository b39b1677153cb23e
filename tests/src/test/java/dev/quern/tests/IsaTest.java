package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every instruction set that this machine has, each in a JVM of its own. */
class IsaTest {
  /** What Linux calls what a tier needs. */
  private static final Map<String, List<String>> FLAGS =
      Map.of(
          "baseline", List.of(),
          "avx2", List.of("avx2", "fma"),
          "avx_vnni", List.of("avx2", "fma", "avx_vnni"),
          "avx512", List.of("avx2", "fma", "avx512f", "avx512bw", "avx512dq", "avx512vl"),
          "avx512_vnni", List.of("avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512_vnni"),
          "avx512_bf16", List.of("avx512bw", "avx512dq", "avx512vl", "avx512_vnni", "avx512_bf16"),
          "amx",
              List.of(
                  "avx512bw",
                  "avx512dq",
                  "avx512vl",
                  "avx512_vnni",
                  "amx_tile",
                  "amx_bf16",
                  "amx_int8"),
          "neon", List.of("asimd"),
          "neon_dot", List.of("asimd", "asimddp"),
          "neon_bf16", List.of("asimd", "asimddp", "bf16"));

  /** OpenBLAS's kernels that go with a tier. */
  private static final Map<String, String> CORES =
      Map.of(
          "baseline", "Nehalem",
          "avx2", "Haswell",
          "avx_vnni", "Haswell",
          "avx512", "SkylakeX",
          "avx512_vnni", "SkylakeX",
          "avx512_bf16", "SkylakeX",
          "amx", "SkylakeX");

  /** The native tests run the same cases on each of them. */
  static List<String> sets() {
    return Suite.first(
        2,
        List.of(
            "baseline",
            "neon",
            "avx2",
            "avx_vnni",
            "avx512",
            "avx512_vnni",
            "avx512_bf16",
            "amx",
            "neon_dot",
            "neon_bf16"));
  }

  @ParameterizedTest
  @MethodSource("sets")
  void recordedCasesAgree(String isa) throws Exception {
    ChildJvm.Result result = new ChildJvm().environment("QUERN_ISA", isa).run(IsaMain.class);
    if (result.status() == IsaMain.REFUSED) {
      assertThat(result.output()).contains("isa: " + isa);
      assertThat(hasFlags(isa)).as("%s is refused, but the CPU has it", isa).isFalse();
      Assumptions.abort(isa + ": " + result.output().strip());
    }
    assertThat(result.status()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("isa " + isa + ", core " + CORES.getOrDefault(isa, ""))
        .contains("cases " + IsaMain.CASES)
        .contains("dropout " + IsaMain.dropoutBits())
        .contains("int8 " + IsaMain.int8Bits())
        .contains("reason forced by QUERN_ISA");
  }

  /**
   * What is outside the dispatched kernels needs no AVX either: qemu's Nehalem has none. In the
   * short suite native tests show the same.
   */
  @Test
  @Tag("full")
  void aProcessorWithoutAvxTrainsToTheSameBits() throws Exception {
    Assumptions.assumeTrue(System.getProperty("os.arch").equals("amd64"), "not on x86-64");
    Assumptions.assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "qemu-x86_64"))),
        "there is no qemu-x86_64");
    ChildJvm.Result without =
        new ChildJvm().prefix("qemu-x86_64", "-cpu", "Nehalem").run(StepMain.class);
    assertThat(without.status()).as(without.output()).isZero();
    ChildJvm.Result with = new ChildJvm().environment("QUERN_ISA", "baseline").run(StepMain.class);
    assertThat(without.output()).startsWith("isa baseline, weights ").isEqualTo(with.output());
  }

  /** Of this machine's architecture, and in the kernel's list of what CPU and system support. */
  private static boolean hasFlags(String isa) throws IOException {
    Path cpu = Path.of("/proc/cpuinfo");
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    if (!Files.isReadable(cpu) || arm != isa.startsWith("neon")) {
      return false;
    }
    for (String line : Files.readAllLines(cpu)) {
      if (line.startsWith("flags") || line.startsWith("Features")) {
        return List.of(line.split("\\s+")).containsAll(FLAGS.get(isa));
      }
    }
    return false;
  }

  @Test
  void unforcedIsTheBestThatThereIs() throws Exception {
    ChildJvm.Result result = new ChildJvm().run(IsaMain.class);
    assertThat(result.status()).as(result.output()).isZero();
    String best = "baseline";
    for (String isa :
        List.of(
            "avx2",
            "avx_vnni",
            "avx512",
            "avx512_vnni",
            "avx512_bf16",
            "amx",
            "neon",
            "neon_dot",
            "neon_bf16")) {
      best = hasFlags(isa) ? isa : best;
    }
    assertThat(result.output()).contains("isa " + best + ", ").contains("cases " + IsaMain.CASES);
    String version = Engine.info().openblasConfig();
    assertThat(version).startsWith("OpenBLAS 0.3.31");
  }

  static List<String> nonsense() {
    return Suite.FULL ? List.of("AVX2", "sse9", "avx512 ") : List.of("AVX2");
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void nonsenseIsRefusedByName(String isa) throws Exception {
    ChildJvm.Result result = new ChildJvm().environment("QUERN_ISA", isa).run(IsaMain.class);
    assertThat(result.status()).as(result.output()).isEqualTo(IsaMain.REFUSED);
    assertThat(result.output())
        .startsWith("dev.quern.error.NativeException: isa: " + isa)
        .contains("not one of");
  }
}

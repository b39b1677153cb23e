package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import org.junit.jupiter.api.Test;

/** The library that runs is that of the JVM's processor; under the profile cross, on arm64 too. */
class PlatformTest {
  @Test
  void libraryIsThatOfTheProcessor() {
    Engine.Info info = Engine.info();
    if (System.getProperty("os.arch").equals("aarch64")) {
      assertThat(info.platform()).endsWith("-arm64");
      assertThat(info.isa()).startsWith("neon");
    } else {
      assertThat(info.platform()).endsWith("-x86_64");
      assertThat(info.isa())
          .isIn("baseline", "avx2", "avx_vnni", "avx512", "avx512_vnni", "avx512_bf16", "amx");
    }
  }
}

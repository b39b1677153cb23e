package dev.quern.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.process.Failures;
import dev.quern.eager.Conv2dPass;
import dev.quern.engine.Engine;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
  private static final String[] KEYS = {
    "quern",
    "native",
    "javacpp",
    "openblas",
    "openblas_core",
    "java",
    "jvm",
    "os",
    "arch",
    "processors",
    "heap_mib",
    "properties",
    "environment",
    "platform",
    "cpu",
    "isa",
    "isa_reason",
    "threads",
    "libc",
    "library",
    "openblas_library",
    "tuning",
    "memory_mib",
    "available_mib",
    "held_mib"
  };

  @Test
  void aLineAFact() {
    Cli.Result r = Cli.run("info").succeeds();
    assertThat(r.lines()).hasSize(KEYS.length);
    for (int i = 0; i < KEYS.length; i++) {
      assertThat(r.lines().get(i)).matches(KEYS[i] + " +\\S.*");
    }
    Engine.Info engine = Engine.info();
    assertThat(r.out())
        .contains(engine.isa(), engine.isaReason(), engine.platform(), "OpenBLAS 0.3.31")
        .contains(engine.library().toString(), engine.openblasLibrary().toString())
        .contains(System.getProperty("java.version"), "java.io.tmpdir=");
  }

  @Test
  void checkComparesEveryFamilyOfKernels() {
    long start = System.nanoTime();
    Cli.Result r = Cli.run("info", "--check").succeeds();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    List<String> checks = r.lines().subList(KEYS.length, r.lines().size());
    assertThat(checks)
        .hasSameSizeAs(KernelCheck.all())
        .allMatch(l -> l.matches(".*(largest error [0-9.e+-]+ +ok|not on this processor)"))
        .anyMatch(l -> l.startsWith("conv2d winograd "))
        .anyMatch(l -> l.startsWith("max_pool2d "))
        .anyMatch(l -> l.startsWith("batch_norm2d "));
    // a matrix unit and an instruction for bfloat16 alone may be missing
    assertThat(checks.stream().filter(l -> l.endsWith("processor")))
        .allMatch(l -> l.startsWith("conv2d amx ") || l.startsWith("conv2d bf16 "));
  }

  @Test
  void everyImplementationOfConv2dIsAmongThem() {
    for (String name : Conv2dPass.implementations()) {
      boolean checked = KernelCheck.all().stream().anyMatch(k -> k.name().equals("conv2d " + name));
      assertThat(checked).as(name).isEqualTo(!name.equals("reference"));
    }
  }

  @Test
  void failedCheckGivesStatusOne() {
    Cli.Result r = Cli.run("info", "--check", "--tolerance", "1e-12");
    assertThat(r.status()).isEqualTo(Failures.FAILED);
    assertThat(r.out()).contains("FAILS");
    assertThat(r.err()).matches("(?s)quern: info: \\d+ families of kernels failed\\R");
    Cli.Result json = Cli.run("info", "--check", "--json", "--tolerance", "1e-12");
    assertThat(json.lastLine())
        .matches(
            "\\{\"check\":\"[a-z0-9_, ]+\",\"error\":[0-9.E-]+,\"ran\":.*,\"passes\":\"no\"\\}");
    Cli.run("info", "--check", "--tolerance", "0").isRefused("must be above 0");
  }

  @Test
  void json() {
    Cli.Result r = Cli.run("info", "--json").succeeds();
    assertThat(r.lines()).hasSize(1);
    String text = "\"(?:[^\"\\\\]|\\\\.)+\"";
    StringBuilder pattern = new StringBuilder("\\{");
    for (String key : KEYS) {
      pattern.append(key.equals("quern") ? "" : ",");
      boolean number = key.matches("processors|threads|.*_mib");
      pattern.append('"').append(key).append("\":").append(number ? "\\d+" : text);
    }
    assertThat(r.lastLine()).matches(pattern.append("\\}").toString());
  }
}

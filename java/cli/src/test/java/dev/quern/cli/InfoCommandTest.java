package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
  private static final String[] KEYS = {
    "quern",
    "native",
    "java",
    "os",
    "platform",
    "cpu",
    "processors",
    "isa",
    "isa_reason",
    "threads",
    "openblas",
    "openblas_core",
    "tuning",
    "memory_mib",
    "heap_mib"
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
        .contains(System.getProperty("java.version"));
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

  @Test
  void jsonTextIsEscaped() {
    assertThat(new JsonObject().put("k", "a\"b\\c\n\u0001é").put("n", 3).putNumber("x", "null"))
        .hasToString("{\"k\":\"a\\\"b\\\\c\\u000a\\u0001é\",\"n\":3,\"x\":null}");
  }
}

package dev.quern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All attacks for some seconds each with fixed seeds: {@code -Pfuzz} continues from there. */
class SmokeTest {
  @TempDir Path out;

  @ParameterizedTest
  @CsvSource({"api,1000", "files,2500", "onnx,500", "native,1000"})
  void findsNothing(String attack, long most) throws Exception {
    long cases = Boolean.getBoolean("quern.full") ? most : Math.max(1, most / 25);
    assumeFalse(attack.equals("native") && OS.WINDOWS.isCurrentOs(), "quern_fuzz maps a file");
    assertFindsNothing(attack, cases);
  }

  @Tag("full")
  @Test
  void faultsFindNothing() throws Exception {
    assertFindsNothing("faults", 3);
  }

  /** One short round of all hostile clients while models are replaced; no time is asserted. */
  @Tag("full")
  @Test
  void serversWithstandAMix() throws Exception {
    assumeFalse(OS.WINDOWS.isCurrentOs(), "there is no SIGTERM");
    assertFindsNothing("serve", 1, "--rounds", "mix/swaps", "--seconds", "4", "--p99", "25");
  }

  /** Clients that want more memory than there is: when they have left, all is answered again. */
  @Tag("full")
  @Test
  void serversRecoverFromTooLittleMemory() throws Exception {
    assumeFalse(OS.WINDOWS.isCurrentOs(), "there is no SIGTERM");
    assertFindsNothing("serve", 1, "--rounds", "keys/heap", "--seconds", "4", "--p99", "25");
  }

  private void assertFindsNothing(String attack, long cases, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "--attacks",
                attack,
                "--seed",
                "1",
                "--cases",
                Long.toString(cases),
                "--minutes",
                "10",
                "--out",
                out.toString()));
    words.addAll(List.of(more));
    String summary = Main.run(Options.of(words.toArray(new String[0])));
    assertThat(summary).contains(Summary.CLEAN).contains(String.format("| %,d |", cases));
  }

  @Test
  void anUnknownAttackIsRefused() {
    Assertions.assertThatThrownBy(() -> Options.of("--attacks", "all"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

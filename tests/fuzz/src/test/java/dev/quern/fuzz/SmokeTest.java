package dev.quern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Half a minute of all attacks with fixed seeds: {@code -Pfuzz} goes on from there. */
class SmokeTest {
  @TempDir Path out;

  @ParameterizedTest
  @CsvSource({"api,1000", "files,2500", "onnx,500", "native,1000", "faults,3"})
  void findsNothing(String attack, long cases) throws Exception {
    assumeFalse(attack.equals("native") && OS.WINDOWS.isCurrentOs(), "quern_fuzz maps a file");
    Options options =
        Options.of(
            "--attacks",
            attack,
            "--seed",
            "1",
            "--cases",
            Long.toString(cases),
            "--minutes",
            "10",
            "--out",
            out.toString());
    String summary = Main.run(options);
    assertThat(summary).contains(Summary.CLEAN).contains(String.format("| %,d |", cases));
  }

  @Test
  void anUnknownAttackIsRefused() {
    Assertions.assertThatThrownBy(() -> Options.of("--attacks", "all"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

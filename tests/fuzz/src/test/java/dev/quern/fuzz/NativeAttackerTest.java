package dev.quern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The parent reads what the program prints, and goes on behind its death; here it is a script. */
@DisabledOnOs(OS.WINDOWS)
class NativeAttackerTest {
  @TempDir Path out;

  private Path script(String body) throws IOException {
    Path program = out.resolve("program");
    Files.writeString(program, "#!/bin/sh\n" + body);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private Findings findings() throws IOException {
    return new Findings(out.resolve("findings"));
  }

  private Options options(int cases) {
    return Options.of("--seed", "7", "--cases", Integer.toString(cases), "--out", out.toString());
  }

  @Test
  void keepsWhatIsWrong() throws Exception {
    Path program =
        script(
            """
            [ "$2" = 0 ] && exit 0
            echo "conv2d.h:7: dst 3: 1, not 2"
            echo "wrong conv2d: 1 checks failed, --seed 7 --first 3 --cases 1"
            exit 9
            """);
    new NativeAttacker(program).attack(options(1), findings(), () -> false);
    assertThat(findings().counts("native"))
        .containsEntry(Kind.WRONG, 1)
        .containsEntry(Kind.DEATH, 1);
    assertThat(Files.readString(out.resolve("findings/native-wrong-7-3.txt")))
        .startsWith("--attacks native --seed 7 --first 3 --cases 1")
        .contains("dst 3: 1, not 2");
    assertThat(Files.readString(out.resolve("findings/native-death-7-0.txt")))
        .contains("exit status 9");
  }

  @Test
  void keepsADeathOfEachCall() throws Exception {
    Path program =
        script(
            """
            [ "$2" = 0 ] && exit 0
            call=quern_add
            [ "$4" -gt 4 ] && call=quern_linear_pack
            echo "died of signal 11 in or after $call(n); case add"
            exit 139
            """);
    Tally tally = new NativeAttacker(program).attack(options(8), findings(), () -> false);
    assertThat(tally.cases()).isEqualTo(8);
    assertThat(findings().counts("native")).containsEntry(Kind.DEATH, 8);
    for (int number : new int[] {0, 1, 2, 5, 6, 7}) {
      assertThat(out.resolve("findings/native-death-7-" + number + ".txt")).exists();
    }
    assertThat(out.resolve("findings/native-death-7-3.txt")).doesNotExist();
  }

  @Test
  void saysHowToBuildWhatIsMissing() {
    NativeAttacker attacker = new NativeAttacker(out.resolve("nowhere"));
    assertThatThrownBy(() -> attacker.attack(options(1), findings(), () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("mvn -pl native,tests/native test");
  }

  @Test
  void saysWhereNothingStarts() throws Exception {
    NativeAttacker attacker = new NativeAttacker(script("exit 1\n"));
    assertThatThrownBy(() -> attacker.attack(options(1), findings(), () -> false))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("starts with no instruction set");
  }
}

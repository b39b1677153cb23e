package dev.quern.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.ShapeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness sees each kind of finding, and goes on behind it. */
class ForkedTest {
  @TempDir Path out;

  /** Its cases do by turns what the harness is there for. */
  static final class Misdeeds implements Attack {
    private int count;

    @Override
    public void run(long seed) throws Exception {
      switch (count++) {
        case 1 -> throw new Finding("2 + 2 is 5", null);
        case 2 -> throw new NullPointerException();
        case 3 -> Runtime.getRuntime().halt(134);
        default -> {}
      }
    }

    @Override
    public byte[] input() {
      return new byte[] {1, 2, 3};
    }
  }

  /** Never ends. */
  static final class Hanging implements Attack {
    @Override
    public void run(long seed) throws InterruptedException {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  @Test
  void countsWrongUntypedAndDeaths() throws Exception {
    assertThat(run(Misdeeds.class, 6, 60)).isEqualTo(6);
    // the child that follows the dead one begins anew: cases 4 and 5 are its 0 and 1
    assertThat(counts())
        .containsEntry(Kind.WRONG, 2)
        .containsEntry(Kind.UNTYPED, 1)
        .containsEntry(Kind.DEATH, 1)
        .containsEntry(Kind.HANG, 0);
    assertThat(reproducer("x-death-7-3.txt"))
        .startsWith("--attacks x --seed 7 --first 3 --cases 1")
        .contains("exit status 134");
    assertThat(reproducer("x-untyped-7-2.txt")).contains("NullPointerException");
    assertThat(out.resolve("findings/x-untyped-7-2.input")).hasBinaryContent(new byte[] {1, 2, 3});
  }

  @Test
  void endsWhatHangs() throws Exception {
    assertThat(run(Hanging.class, 1, 2)).isEqualTo(1);
    assertThat(counts()).containsEntry(Kind.HANG, 1).containsEntry(Kind.DEATH, 0);
    assertThat(reproducer("x-hang-7-0.txt")).contains("Hanging.run");
  }

  /** Dies of a 7 at the beginning, as a case by its seed or by its bytes. */
  static final class Fragile implements BytesAttack {
    @Override
    public void run(byte[] input) {
      if (input[0] == 7) {
        Runtime.getRuntime().halt(134);
      }
    }
  }

  @Test
  void runsAFindingsInputAgain() throws Exception {
    Path input = Files.write(out.resolve("kept.input"), new byte[] {7});
    Options options = Options.of("--input", input.toString(), "--out", out.toString());
    Findings findings = new Findings(out.resolve("findings"));
    Forked forked = new Forked("x", Fragile.class, 60, List.of("-Xmx64m"));
    assertThat(forked.attack(options, findings, () -> false).cases()).isEqualTo(1);
    assertThat(counts()).containsEntry(Kind.DEATH, 1);
    String name = "x-death-" + options.seed() + "-0";
    assertThat(out.resolve("findings/" + name + ".input")).hasBinaryContent(new byte[] {7});
    assertThat(reproducer(name + ".txt")).startsWith("--attacks x --input ");
  }

  /** Leaves a file and dies; tells where it was. */
  static final class Littering implements Attack {
    @Override
    public void run(long seed) throws IOException {
      System.out.print(Files.createTempFile("left", null));
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
  }

  @Test
  void aDeadChildsFilesGoWithIt() throws Exception {
    run(Littering.class, 1, 60);
    String told = reproducer("x-death-7-0.txt");
    Path left = Path.of(told.substring(told.lastIndexOf('\n') + 1));
    assertThat(left.getFileName().toString()).startsWith("left");
    assertThat(left.getParent()).doesNotExist();
  }

  @Test
  void aFailureOfTheSummaryTellsOfFindings() throws Exception {
    Options options = options(1);
    Findings findings = new Findings(out.resolve("findings"));
    Map<String, Tally> tallies = Map.of("x", new Tally(1, 0));
    assertThat(Summary.of(options, tallies, findings, 1)).contains(Summary.CLEAN);
    findings.add("x", Kind.UNTYPED, 7, 0, new ShapeException("s"), new byte[0]);
    assertThat(Summary.of(options, tallies, findings, 1))
        .doesNotContain(Summary.CLEAN)
        .contains("| x | 1 | 0 | 0 | 1 | 0 |");
  }

  private long run(Class<? extends Attack> attack, int cases, int patience) throws Exception {
    Findings findings = new Findings(out.resolve("findings"));
    return new Forked("x", attack, patience, List.of("-Xmx64m"))
        .attack(options(cases), findings, () -> false)
        .cases();
  }

  private Options options(int cases) {
    return Options.of("--seed", "7", "--cases", Integer.toString(cases), "--out", out.toString());
  }

  private Map<Kind, Integer> counts() throws IOException {
    return new Findings(out.resolve("findings")).counts("x");
  }

  private String reproducer(String name) throws IOException {
    return Files.readString(out.resolve("findings").resolve(name));
  }
}

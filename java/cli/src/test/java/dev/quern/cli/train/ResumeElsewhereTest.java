package dev.quern.cli.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.quern.cli.Cli;
import dev.quern.cli.ProcessTest;
import dev.quern.cli.SmallTraining;
import dev.quern.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A run that goes on under another instruction set says that its bits will differ. */
@Timeout(120)
class ResumeElsewhereTest {
  @TempDir Path dir;

  @ParameterizedTest
  @ValueSource(strings = {"baseline", "avx2"})
  void anotherInstructionSetIsTold(String isa) throws IOException, InterruptedException {
    assumeThat(Engine.info().isa()).isNotEqualTo(isa);
    Path out = dir.resolve("run");
    Object[] line = SmallTraining.in(dir).line("--epochs", 1, "--out", out);
    ProcessBuilder train = ProcessTest.quern(line);
    train.environment().put("QUERN_ISA", isa);
    Process p = train.redirectErrorStream(true).start();
    String output = new String(p.getInputStream().readAllBytes());
    assertThat(p.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assumeThat(output).doesNotContain("this CPU", "not one of"); // it lacks the set
    assertThat(p.exitValue()).as(output).isZero();

    Cli.Result r = Cli.run("train", "--resume", out);
    assertThat(r.status()).as(r.err()).isZero();
    assertThat(r.err().lines()).hasSize(1);
    assertThat(r.err())
        .startsWith("quern: the run resumes under other conditions: isa was " + isa + ", is ")
        .contains("openblas_core was ", "results will differ in the last bits");
    assertThat(r.lastLine()).startsWith("test accuracy ");
  }
}

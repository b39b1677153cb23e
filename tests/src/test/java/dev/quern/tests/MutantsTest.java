package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The mutants of tests/mutants, each of which changes lines that a change of the code may move. */
class MutantsTest {
  @Test
  void allApply() throws Exception {
    String said = Docs.run(Docs.ROOT, Docs.ROOT.resolve("tests/mutants/Mutants.java"), "--check");
    assertThat(said).matches("\\d+ mutants apply\n");
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Training steps recorded from PyTorch. */
class GoldenStepsTest {
  private static final Path FILE = GoldenFile.bundled("torch-steps.safetensors");

  @Test
  void checksumIsTheRecordedOne() {
    GoldenFile.assertChecksum(FILE);
  }

  @Test
  void fileIsReadAsSteps() {
    GoldenFile file = GoldenFile.read(FILE);
    assertThat(file.kind()).isEqualTo(GoldenFile.Kind.STEPS);
    assertThat(file.content().names()).anyMatch(name -> name.startsWith("initial."));
  }

  @Test
  void stepsAgree() {
    steps(GoldenFile.read(FILE));
  }

  /** The network has batch-norm layers. */
  static void steps(GoldenFile file) {
    throw GoldenRunners.missing("batch_norm2d, which " + file.name() + " has");
  }
}

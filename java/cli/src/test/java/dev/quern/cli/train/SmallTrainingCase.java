package dev.quern.cli.train;

import dev.quern.cli.Cli;
import dev.quern.cli.SmallTraining;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests of which each has a small training of its own. */
abstract class SmallTrainingCase {
  @TempDir Path dir;
  SmallTraining small;

  @BeforeEach
  void writeData() throws IOException {
    small = SmallTraining.in(dir);
  }

  Cli.Result train(Object... more) {
    return small.learn(more);
  }
}

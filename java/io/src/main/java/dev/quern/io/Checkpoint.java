package dev.quern.io;

import dev.quern.io.file.Require;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint that was read and is whole.
 *
 * @param info what its writer said: instruction set ({@code isa}), {@code openblas} and {@code
 *     openblas_core}, the implementation of each convolution ({@code conv2d}, a JSON object by
 *     layer) and more
 */
public record Checkpoint(Path file, TrainingState state, Map<String, String> info) {
  public Checkpoint {
    Require.present("checkpoint", "file", file);
    Require.present("checkpoint", "state", state);
    info = Map.copyOf(Require.all("checkpoint", "info", info));
  }

  /**
   * What of instruction set, OpenBLAS's version and core and convolutions' implementations differs
   * between the run that wrote the checkpoint and this trainer, a phrase each. If there is any,
   * training that goes on from here ends in other last bits than it would have without the
   * interruption.
   */
  public List<String> differences(Trainer trainer) {
    Require.present("checkpoint", "trainer", trainer);
    return EngineFacts.differences(info, EngineFacts.of(trainer));
  }
}

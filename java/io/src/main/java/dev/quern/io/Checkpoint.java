package dev.quern.io;

import dev.quern.internal.arguments.Require;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A checkpoint that was read from a file and is complete.
 *
 * @param info facts about its writer: instruction set ({@code isa}), {@code openblas} and {@code
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
   * Differences between the engine of the run that wrote the checkpoint and this trainer's:
   * instruction set, version and core of OpenBLAS, and implementations of convolutions, one phrase
   * each. If there are any, the resumed training differs in its last bits from an uninterrupted
   * one.
   */
  public List<String> differences(Trainer trainer) {
    Require.present("checkpoint", "trainer", trainer);
    return EngineFacts.differences(info, EngineFacts.of(trainer));
  }
}

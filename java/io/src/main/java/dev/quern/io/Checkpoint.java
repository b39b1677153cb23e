package dev.quern.io;

import dev.quern.internal.arguments.Require;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A complete checkpoint that was read from a file.
 *
 * @param info facts about the engine that wrote the checkpoint: instruction set ({@code isa}),
 *     {@code openblas} and {@code openblas_core}, the implementation of each convolution ({@code
 *     conv2d}, a JSON object by layer) and more
 */
public record Checkpoint(Path file, TrainingState state, Map<String, String> info) {
  public Checkpoint {
    Require.present("checkpoint", "file", file);
    Require.present("checkpoint", "state", state);
    info = Map.copyOf(Require.all("checkpoint", "info", info));
  }

  /**
   * Returns the differences between the engine that wrote the checkpoint and this trainer's engine,
   * one phrase per difference: instruction set, version and core of OpenBLAS, and implementations
   * of convolutions. If there are differences, resumed training is not bit-identical to
   * uninterrupted training.
   */
  public List<String> differences(Trainer trainer) {
    Require.present("checkpoint", "trainer", trainer);
    return EngineFacts.differences(info, EngineFacts.of(trainer));
  }
}

package dev.quern.io;

import dev.quern.TrainingState;
import java.nio.file.Path;
import java.util.Map;

/**
 * A checkpoint that was read and is whole.
 *
 * @param info what its writer said: instruction set, OpenBLAS core and more
 */
public record Checkpoint(Path file, TrainingState state, Map<String, String> info) {}

package dev.quern.io.folder;

import java.nio.file.Path;

/**
 * A file that should be an image and cannot be read.
 *
 * @param reason human-readable reason
 */
public record Broken(Path file, String reason) {}

package dev.quern.io.folder;

import java.nio.file.Path;

/**
 * A file that is no picture though it should be one.
 *
 * @param reason in words
 */
public record Broken(Path file, String reason) {}

package dev.quern.io.folder;

import java.nio.file.Path;

/**
 * A file that has an image's extension but cannot be read.
 *
 * @param reason the reason, as a text for the user
 */
public record Broken(Path file, String reason) {}

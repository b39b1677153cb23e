package dev.quern.io.folder;

import java.nio.file.Path;

/**
 * A file with an image's extension that cannot be read.
 *
 * @param reason the reason, for people
 */
public record Broken(Path file, String reason) {}

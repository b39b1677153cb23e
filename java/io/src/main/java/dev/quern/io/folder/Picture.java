package dev.quern.io.folder;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An image file with the facts known before it is read.
 *
 * @param file path of the file
 * @param name its path below the folder, with slashes; images are sorted by it
 * @param label its label
 * @param part null if the folder has no split
 * @param mask the file with the class of each pixel; null without one
 */
public record Picture(
    Path file, String name, String label, @Nullable Part part, @Nullable Path mask) {}

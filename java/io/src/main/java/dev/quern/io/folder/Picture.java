package dev.quern.io.folder;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A picture's file, and what is known of it before it is read.
 *
 * @param file what is read
 * @param name its path below the folder, with slashes; pictures are sorted by it
 * @param label what it shows
 * @param part null where the folder does not say it
 * @param mask the file of its pixels' classes; null where it has none
 */
public record Picture(
    Path file, String name, String label, @Nullable Part part, @Nullable Path mask) {}

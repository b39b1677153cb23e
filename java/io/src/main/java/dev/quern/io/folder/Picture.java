package dev.quern.io.folder;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * An image file with its name, label, split and mask, as known before the file is read.
 *
 * @param file the path of the file
 * @param name the path relative to the image folder, with slashes; images are sorted by this path
 * @param label the label as text
 * @param part the split to which the image belongs; null if the folder has no split
 * @param mask the file with the class of each pixel; null for an image without a mask
 */
public record Picture(
    Path file, String name, String label, @Nullable Part part, @Nullable Path mask) {}

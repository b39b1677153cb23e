package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The locations of masks: in a folder beside the folder of images, under the images' names with the
 * extension .png.
 */
final class MaskFiles {
  static final String IMAGES = "images";
  private static final String MASKS = "masks";
  private static final String NAMES = "classes.txt";
  private static final int MOST_BYTES = 1 << 20;

  private MaskFiles() {}

  /**
   * Returns whether a folder contains images and masks.
   *
   * @param subfolders the names of the folder's subfolders
   */
  static boolean areIn(Set<String> subfolders) {
    return subfolders.contains(IMAGES) && subfolders.contains(MASKS);
  }

  /**
   * Returns the path of an image's mask; the mask may not exist.
   *
   * @param folder the parent of the folders of images and masks
   */
  static Path of(Path folder, Path picture) {
    Path inside = folder.resolve(IMAGES).relativize(picture);
    String name = inside.getFileName().toString();
    return folder
        .resolve(MASKS)
        .resolve(inside)
        .resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".png");
  }

  /**
   * Returns the class names of masks: the given names, or else those in {@code classes.txt}, or
   * else none.
   *
   * @throws FormatException if the file is not a list of names, or does not match the given names
   */
  static List<String> classes(Path root, @Nullable List<String> wanted) {
    Path file = root.resolve(NAMES);
    if (!Files.exists(file)) {
      return wanted == null ? List.of() : few(OpenFolder.OP + ": " + root, wanted);
    }
    String what = OpenFolder.OP + ": " + file;
    List<String> names = RegularFile.readNames(OpenFolder.OP, file, MOST_BYTES);
    if (wanted != null && !wanted.equals(names)) {
      throw new FormatException(what + ": classes " + names + " must be " + wanted);
    }
    return few(what, names);
  }

  private static List<String> few(String what, List<String> names) {
    if (names.size() > Masks.IGNORED) {
      throw new FormatException(
          what + ": " + names.size() + " classes exceed the limit of a mask, " + Masks.IGNORED);
    }
    return names;
  }
}

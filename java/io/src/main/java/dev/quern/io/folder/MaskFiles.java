package dev.quern.io.folder;

import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where masks lie: beside the folder of pictures, by the same names with another ending. */
final class MaskFiles {
  static final String IMAGES = "images";
  private static final String MASKS = "masks";
  private static final String NAMES = "classes.txt";
  private static final int MOST_BYTES = 1 << 20;

  private MaskFiles() {}

  /**
   * @param subfolders names
   */
  static boolean areIn(Set<String> subfolders) {
    return subfolders.contains(IMAGES) && subfolders.contains(MASKS);
  }

  /**
   * The mask of a picture, which may be missing.
   *
   * @param folder that has both folders
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
   * The names of classes: those that are asked for, else those of the file {@code classes.txt},
   * else none.
   *
   * @throws FormatException if the file is no list of names, or has others than are asked for
   */
  static List<String> classes(Path root, @Nullable List<String> wanted) {
    Path file = root.resolve(NAMES);
    if (!Files.exists(file)) {
      return wanted == null ? List.of() : few(OpenFolder.OP + ": " + root, wanted);
    }
    String what = OpenFolder.OP + ": " + file;
    List<String> names = RegularFile.readNames(OpenFolder.OP, file, MOST_BYTES);
    if (wanted != null && !wanted.equals(names)) {
      throw new FormatException(what + ": classes " + names + " are not " + wanted);
    }
    return few(what, names);
  }

  private static List<String> few(String what, List<String> names) {
    if (names.size() > Masks.IGNORED) {
      throw new FormatException(
          what + ": " + names.size() + " classes; a mask tells " + Masks.IGNORED + " apart");
    }
    return names;
  }
}

package dev.quern.io.boxes;

import dev.quern.detect.Box;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.FileErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Helper functions for the readers of bounding-box annotations. */
final class BoxFolder {
  static final String OP = "boxes";

  private BoxFolder() {}

  /**
   * Returns the path of a file name in the folder.
   *
   * @param where the annotation file and position, for the message
   * @throws FormatException if the name refers to a file outside the folder
   */
  static Path inside(String where, Path folder, String name) {
    try {
      Path all = folder.normalize();
      Path file = folder.resolve(name).normalize();
      if (!name.isEmpty() && file.startsWith(all) && !file.equals(all)) {
        return file;
      }
    } catch (InvalidPathException e) {
      // reported below
    }
    throw new FormatException(where + ": file name " + brief(name) + " is not inside " + folder);
  }

  /** Returns the files of a folder with the wanted names, sorted by name. */
  static List<Path> files(Path folder, Predicate<String> wanted) {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(f -> wanted.test(f.getFileName().toString())).sorted().toList();
    } catch (IOException e) {
      throw FileErrors.of(OP, folder, e);
    }
  }

  /**
   * Creates a box from the coordinates in an annotation file.
   *
   * @param where the file and position, for the message
   */
  static GroundTruthBox box(
      String where,
      double left,
      double top,
      double right,
      double bottom,
      int classIndex,
      boolean ignored,
      double area) {
    try {
      Box box = new Box(left, top, right, bottom);
      return new GroundTruthBox(box, classIndex, ignored, Double.isNaN(area) ? box.area() : area);
    } catch (InvalidArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    }
  }

  static int size(String where, long value) {
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new FormatException(where + ": a side of " + value + " is not a valid image size");
    }
    return (int) value;
  }

  static String brief(String text) {
    return '"' + (text.length() <= 60 ? text : text.substring(0, 60) + "...") + '"';
  }
}

package dev.quern.io.dataset;

import dev.quern.detect.BoxSet;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.boxes.CocoReader;
import dev.quern.io.boxes.VocReader;
import dev.quern.io.boxes.YoloReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Readers of bounding-box annotations in three common formats: COCO, Pascal VOC and YOLO. An
 * invalid file, an invalid box, an unknown class or an annotation without its image causes a {@link
 * dev.quern.error.FormatException} that names the file; a missing annotation file or folder causes
 * a {@link dev.quern.error.NotFoundException}. Images are not opened, except for YOLO, whose files
 * contain no image size. Thread-safe.
 */
public final class BoxFiles {
  private static final String OP = "boxes";

  private BoxFiles() {}

  /**
   * Reads COCO's JSON: {@code images} with id, file_name, width and height; {@code categories} with
   * id and name; {@code annotations} with image_id, category_id, bbox {@code [x, y, width, height]}
   * and optionally area and iscrowd. Classes are in the order of the category ids, and crowds are
   * {@link dev.quern.detect.GroundTruthBox#ignored}. Other content is ignored. The file may be
   * larger than memory.
   *
   * @param images the folder to which file names are relative; names outside it are rejected
   */
  public static BoxSet coco(Path file, Path images) {
    Require.present(OP, "file", file);
    Require.present(OP, "folder of images", images);
    return Heap.within(OP + ": " + file, () -> new CocoReader(file, images).read());
  }

  /**
   * Reads Pascal VOC's XML: each .xml file of a folder, in the order of names, describes one image.
   * An {@code annotation} contains {@code filename}, {@code size} with width and height, and for
   * each {@code object} its {@code name} and a {@code bndbox} with xmin, ymin, xmax and ymax.
   * Coordinates count from 1, and both ends are included. Boxes that are marked {@code difficult}
   * are {@link dev.quern.detect.GroundTruthBox#ignored}.
   *
   * @param annotations the folder of .xml files
   * @param images the folder to which file names are relative; names outside it are rejected
   * @param classes the class names in order; if empty, the names that occur, in alphabetical order
   */
  public static BoxSet voc(Path annotations, Path images, String... classes) {
    Require.present(OP, "folder of annotations", annotations);
    Require.present(OP, "folder of images", images);
    List<String> names = names(classes);
    return Heap.within(
        OP + ": " + annotations, () -> new VocReader(annotations, images, names).read());
  }

  /**
   * Reads YOLO's text files: for each image in a folder, in the order of names, a .txt file of the
   * same name with one line per object. A line contains the class index, then x and y of the
   * center, the width and the height as fractions of the image's size. An image without such a file
   * has no objects.
   *
   * @param labels the folder of .txt files
   * @param images the folder of PNG, JPEG, GIF and BMP files, each of which is read once to
   *     determine its size
   * @param classes the class names in order
   */
  public static BoxSet yolo(Path labels, Path images, String... classes) {
    Require.present(OP, "folder of labels", labels);
    Require.present(OP, "folder of images", images);
    List<String> names = names(classes);
    return Heap.within(OP + ": " + labels, () -> new YoloReader(labels, images, names).read());
  }

  private static List<String> names(String... classes) {
    return Require.all(OP, "classes", Arrays.asList(Require.present(OP, "classes", classes)));
  }
}

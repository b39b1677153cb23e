package dev.quern.io.dataset;

import dev.quern.detect.BoxSet;
import dev.quern.io.boxes.CocoReader;
import dev.quern.io.boxes.VocReader;
import dev.quern.io.boxes.YoloReader;
import dev.quern.io.file.Heap;
import dev.quern.io.file.Require;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Reads where things are in pictures, as three common forms have it. A file that breaks its form, a
 * box that is none, a class or a picture that is not there is a {@link
 * dev.quern.error.FormatException} that names the file; one that is missing is a {@link
 * dev.quern.error.NotFoundException}. Pictures are not opened, but for YOLO's, whose size no file
 * says. Thread-safe.
 */
public final class BoxFiles {
  private static final String OP = "boxes";

  private BoxFiles() {}

  /**
   * COCO's JSON: {@code images} of id, file_name, width and height; {@code categories} of id and
   * name, classes in the order of ids; {@code annotations} of image_id, category_id, bbox {@code
   * [x, y, width, height]} and, where they are there, area and iscrowd: a crowd is {@link
   * dev.quern.detect.TrueBox#ignored}. Anything else is passed over. The file may be larger than
   * memory.
   *
   * @param pictures the folder that file names start at; one that leads out of it is refused
   */
  public static BoxSet coco(Path file, Path pictures) {
    Require.present(OP, "file", file);
    Require.present(OP, "folder of pictures", pictures);
    return Heap.within(OP + ": " + file, () -> new CocoReader(file, pictures).read());
  }

  /**
   * VOC's XML: each file of a folder that ends in .xml is a picture's, in the order of names. In
   * {@code annotation} there are filename, size of width and height, and for each object name,
   * bndbox of xmin, ymin, xmax and ymax, counted from 1 and both included, and difficult where it
   * is there: what is difficult is {@link dev.quern.detect.TrueBox#ignored}.
   *
   * @param annotations the folder of .xml files
   * @param pictures the folder that file names start at; one that leads out of it is refused
   * @param classes names, in order; none for those that occur, in alphabetical order
   */
  public static BoxSet voc(Path annotations, Path pictures, String... classes) {
    Require.present(OP, "folder of annotations", annotations);
    Require.present(OP, "folder of pictures", pictures);
    List<String> names = names(classes);
    return Heap.within(
        OP + ": " + annotations, () -> new VocReader(annotations, pictures, names).read());
  }

  /**
   * YOLO's text: for each picture in a folder, in the order of names, a file of the same name that
   * ends in .txt, with a line for each thing: class, x and y of the centre, width and height, in
   * parts of the picture. A picture without a file has nothing in it.
   *
   * @param labels the folder of .txt files
   * @param pictures the folder of PNG, JPEG, GIF and BMP files, each of which is read once, for its
   *     size
   * @param classes names, in order
   */
  public static BoxSet yolo(Path labels, Path pictures, String... classes) {
    Require.present(OP, "folder of labels", labels);
    Require.present(OP, "folder of pictures", pictures);
    List<String> names = names(classes);
    return Heap.within(OP + ": " + labels, () -> new YoloReader(labels, pictures, names).read());
  }

  private static List<String> names(String... classes) {
    return Require.all(OP, "classes", Arrays.asList(Require.present(OP, "classes", classes)));
  }
}

package dev.quern.io.boxes;

import dev.quern.data.Image;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Size;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A reader of YOLO's text annotation files. */
public final class YoloReader {
  private static final int MOST_BYTES = 16 << 20;
  private static final List<String> ENDINGS = List.of(".png", ".jpg", ".jpeg", ".gif", ".bmp");

  private final Path labels;
  private final Path images;
  private final List<String> classes;

  /** Creates a reader of a folder of annotations; no argument may be null. */
  public YoloReader(Path labels, Path images, List<String> classes) {
    this.labels = labels;
    this.images = images;
    this.classes = classes;
  }

  /** Reads the boxes of all images. */
  public BoxSet read() {
    BoxFolder.files(labels, name -> false); // which may be missing
    List<BoxSample> samples = new ArrayList<>();
    for (Path file : BoxFolder.files(images, YoloReader::isImage)) {
      Image image = Image.read(file);
      Size size = new Size(image.height(), image.width());
      samples.add(new BoxSample(file, size, boxes(file, size)));
    }
    return new BoxSet(classes, samples);
  }

  private static boolean isImage(String name) {
    return ENDINGS.stream().anyMatch(name.toLowerCase(Locale.ROOT)::endsWith);
  }

  private List<GroundTruthBox> boxes(Path image, Size size) {
    String name = image.getFileName().toString();
    Path file = labels.resolve(name.substring(0, name.lastIndexOf('.')) + ".txt");
    List<GroundTruthBox> boxes = new ArrayList<>();
    if (Files.exists(file)) {
      String[] lines = RegularFile.readText(BoxFolder.OP, file, MOST_BYTES).split("\\R");
      for (int i = 0; i < lines.length; i++) {
        if (!lines[i].isBlank()) {
          String where = BoxFolder.OP + ": " + file + ", line " + (i + 1);
          boxes.add(box(where, lines[i].strip().split("\\s+"), size));
        }
      }
    }
    return boxes;
  }

  private GroundTruthBox box(String where, String[] words, Size size) {
    if (words.length != 5) {
      throw new FormatException(
          where + ": found " + words.length + " words, expected class, x, y, width, height");
    }
    double[] v = new double[5];
    for (int i = 0; i < 5; i++) {
      v[i] = number(where, words[i]);
    }
    if (v[0] != Math.rint(v[0]) || v[0] < 0 || v[0] >= classes.size()) {
      throw new FormatException(
          where + ": class " + words[0] + " is not in [0, " + classes.size() + ")");
    }
    for (int i = 1; i < 5; i++) {
      if (!(v[i] >= 0 && v[i] <= 1)) {
        throw new FormatException(
            where + ": " + words[i] + " is not a fraction of the image, 0 to 1");
      }
    }
    return BoxFolder.box(
        where,
        (v[1] - v[3] / 2) * size.width(),
        (v[2] - v[4] / 2) * size.height(),
        (v[1] + v[3] / 2) * size.width(),
        (v[2] + v[4] / 2) * size.height(),
        (int) v[0],
        false,
        Double.NaN);
  }

  private static double number(String where, String word) {
    try {
      return word.length() > 40 ? Double.NaN : Double.parseDouble(word);
    } catch (NumberFormatException e) {
      throw new FormatException(where + ": " + BoxFolder.brief(word) + " is not a number", e);
    }
  }
}

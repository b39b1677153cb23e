package dev.quern.io.boxes;

import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import dev.quern.tensor.Size;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A reader of Pascal VOC's XML annotation files. */
public final class VocReader {
  private static final String OBJECT = "annotation/object";

  private final Path annotations;
  private final Path images;
  private final List<String> wanted;

  /** Creates a reader of a folder of annotations; no argument may be null. */
  public VocReader(Path annotations, Path images, List<String> classes) {
    this.annotations = annotations;
    this.images = images;
    this.wanted = classes;
  }

  /** The content of one annotation file. */
  private record Content(String where, Path image, Size size, List<Map<String, String>> objects) {}

  /** Reads all annotation files, and returns their images with their boxes. */
  public BoxSet read() {
    List<Content> all = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>();
    for (Path file : BoxFolder.files(annotations, name -> name.endsWith(".xml"))) {
      Content content = content(file);
      all.add(content);
      content.objects.forEach(o -> names.add(text(content.where, o, "name")));
    }
    List<String> classes = wanted.isEmpty() ? List.copyOf(names) : wanted;
    Map<String, Integer> indices = new HashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      indices.putIfAbsent(classes.get(i), i);
    }
    List<BoxSample> samples = new ArrayList<>();
    for (Content c : all) {
      List<GroundTruthBox> boxes = new ArrayList<>();
      c.objects.forEach(o -> boxes.add(box(c.where, o, indices)));
      samples.add(new BoxSample(c.image, c.size, boxes));
    }
    return new BoxSet(classes, samples);
  }

  private Content content(Path file) {
    String where = BoxFolder.OP + ": " + file;
    Map<String, String> values = new HashMap<>();
    List<Map<String, String>> objects = new ArrayList<>();
    Xml.read(
        file,
        (path, text) -> {
          if (path.equals(OBJECT)) {
            objects.add(new HashMap<>());
          }
        },
        (path, text) -> {
          Map<String, String> to =
              path.startsWith(OBJECT + "/") ? objects.get(objects.size() - 1) : values;
          to.put(path.substring(path.indexOf('/') + 1).replaceFirst("^object/", ""), text);
        });
    Size size =
        new Size(
            BoxFolder.size(where, (long) number(where, values, "size/height")),
            BoxFolder.size(where, (long) number(where, values, "size/width")));
    Path image = BoxFolder.inside(where, images, text(where, values, "filename"));
    return new Content(where, image, size, objects);
  }

  private static GroundTruthBox box(
      String where, Map<String, String> o, Map<String, Integer> indices) {
    String name = text(where, o, "name");
    Integer index = indices.get(name);
    if (index == null) {
      throw new FormatException(
          where + ": " + BoxFolder.brief(name) + " is not one of the classes");
    }
    boolean difficult = o.containsKey("difficult") && number(where, o, "difficult") != 0;
    return BoxFolder.box(
        where,
        number(where, o, "bndbox/xmin") - 1,
        number(where, o, "bndbox/ymin") - 1,
        number(where, o, "bndbox/xmax"),
        number(where, o, "bndbox/ymax"),
        index,
        difficult,
        Double.NaN);
  }

  private static String text(String where, Map<String, String> in, String path) {
    String text = in.get(path);
    if (text == null) {
      throw new FormatException(where + ": element " + path + " is missing");
    }
    return text;
  }

  private static double number(String where, Map<String, String> in, String path) {
    String text = text(where, in, path);
    try {
      return text.length() > 40 ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new FormatException(
          where + ": element " + path + ": " + BoxFolder.brief(text) + " is not a number", e);
    }
  }
}

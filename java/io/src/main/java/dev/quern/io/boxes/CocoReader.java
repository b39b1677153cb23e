package dev.quern.io.boxes;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.quern.detect.BoxSample;
import dev.quern.detect.BoxSet;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import dev.quern.io.file.FileErrors;
import dev.quern.io.file.RegularFile;
import dev.quern.tensor.Size;
import java.io.BufferedInputStream;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A reader of COCO's JSON. It reads token by token, since segmentation outlines make the file many
 * times larger than its boxes.
 */
public final class CocoReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(32)
                  .maxStringLength(64 << 20) // outlines of crowds
                  .maxDocumentLength(-1)
                  .build())
          .build();

  private final Path file;
  private final Path folder;
  private final Map<Long, CocoObject> images = new LinkedHashMap<>();
  private final Map<Long, CocoObject> categories = new TreeMap<>();
  private final List<Mark> annotations = new ArrayList<>();

  /** An annotation in compact form, since a file may contain a million annotations. */
  private record Mark(long image, long category, GroundTruthBox box) {}

  /** Creates a reader of a COCO file; neither argument may be null. */
  public CocoReader(Path file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  /** Reads the whole file, and returns its images with their boxes. */
  public BoxSet read() {
    String op = BoxFolder.OP + ": " + file;
    try (RandomAccessFile open = RegularFile.open(BoxFolder.OP, file);
        InputStream in = new BufferedInputStream(RegularFile.stream(open), 1 << 16);
        JsonParser json = FACTORY.createParser(in)) {
      lists(op, json);
    } catch (JsonProcessingException e) {
      throw new FormatException(
          op + ": not JSON: " + e.getOriginalMessage().replaceAll("\\s+", " ") + line(e), e);
    } catch (CharConversionException e) {
      throw new FormatException(op + ": not JSON: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.of(BoxFolder.OP, file, e);
    }
    return boxes(op);
  }

  private static String line(JsonProcessingException e) {
    return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
  }

  private void lists(String op, JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new FormatException(op + ": not an object with images, categories and annotations");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      switch (key) {
        case "images" -> list(op, key, json, o -> put(op, images, o));
        case "categories" -> list(op, key, json, o -> put(op, categories, o));
        case "annotations" -> list(op, key, json, o -> annotations.add(mark(o)));
        default -> json.skipChildren();
      }
    }
    if (json.nextToken() != null) {
      throw new FormatException(op + ": there is content after the object");
    }
  }

  private interface Taker {
    void take(CocoObject object);
  }

  private static void list(String op, String key, JsonParser json, Taker taker) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw new FormatException(op + ": " + key + " is not an array");
    }
    for (int number = 1; json.nextToken() != JsonToken.END_ARRAY; number++) {
      taker.take(CocoObject.read(op + ": " + key + " " + number, json));
    }
  }

  private static void put(String op, Map<Long, CocoObject> to, CocoObject object) {
    if (to.put(object.whole("id"), object) != null) {
      throw new FormatException(object.where() + ": id " + object.whole("id") + " occurs twice");
    }
  }

  private static Mark mark(CocoObject o) {
    return new Mark(o.whole("image_id"), o.whole("category_id"), o.box());
  }

  private BoxSet boxes(String op) {
    if (categories.isEmpty()) {
      throw new FormatException(op + ": the list of categories is empty");
    }
    Map<Long, Integer> classes = new HashMap<>();
    List<String> names = new ArrayList<>();
    categories.forEach(
        (id, category) -> {
          classes.put(id, names.size());
          names.add(category.text("name"));
        });
    Map<Long, List<GroundTruthBox>> byImage = new HashMap<>();
    for (int i = 0; i < annotations.size(); i++) {
      Mark mark = annotations.get(i);
      Integer index = classes.get(mark.category);
      if (!images.containsKey(mark.image) || index == null) {
        throw new FormatException(
            op
                + ": annotations "
                + (i + 1)
                + (index == null
                    ? ": unknown category " + mark.category
                    : ": unknown image " + mark.image));
      }
      GroundTruthBox box = mark.box;
      byImage
          .computeIfAbsent(mark.image, of -> new ArrayList<>())
          .add(new GroundTruthBox(box.box(), index, box.ignored(), box.area()));
    }
    List<BoxSample> samples = new ArrayList<>();
    images.forEach(
        (id, image) -> {
          Size size =
              new Size(
                  BoxFolder.size(image.where(), image.whole("height")),
                  BoxFolder.size(image.where(), image.whole("width")));
          Path path = BoxFolder.inside(image.where(), folder, image.text("file_name"));
          samples.add(new BoxSample(path, size, byImage.getOrDefault(id, List.of())));
        });
    return new BoxSet(names, samples);
  }
}

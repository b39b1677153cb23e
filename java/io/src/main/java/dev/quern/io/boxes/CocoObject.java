package dev.quern.io.boxes;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.quern.detect.GroundTruthBox;
import dev.quern.error.FormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The relevant values of one image, category or annotation in COCO's JSON.
 *
 * @param where the file and position, for messages
 * @param values strings, numbers as Long or Double, and a bbox as a list of four numbers
 */
record CocoObject(String where, Map<String, Object> values) {
  private static final Set<String> KEYS =
      Set.of(
          "id",
          "file_name",
          "width",
          "height",
          "name",
          "image_id",
          "category_id",
          "bbox",
          "area",
          "iscrowd");

  static CocoObject read(String where, JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new FormatException(where + " is not an object");
    }
    Map<String, Object> values = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      json.nextToken();
      if (KEYS.contains(key)) {
        values.put(key, value(where, key, json));
      } else {
        json.skipChildren();
      }
    }
    return new CocoObject(where, values);
  }

  private static Object value(String where, String key, JsonParser json) throws IOException {
    switch (json.currentToken()) {
      case VALUE_STRING:
        return json.getText();
      case VALUE_NUMBER_INT:
        // a number outside long's range cannot be an id, but may be a coordinate
        return json.getNumberType() == JsonParser.NumberType.BIG_INTEGER
            ? (Object) json.getDoubleValue()
            : (Object) json.getLongValue();
      case VALUE_NUMBER_FLOAT:
        return json.getDoubleValue();
      case VALUE_TRUE, VALUE_FALSE:
        return json.getBooleanValue() ? 1L : 0L;
      case START_ARRAY:
        List<Double> all = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          if (!json.currentToken().isNumeric() || all.size() == 4) {
            throw new FormatException(where + ": " + key + " is not four numbers");
          }
          all.add(json.getDoubleValue());
        }
        return all;
      default:
        throw new FormatException(where + ": " + key + " is neither a string nor a number");
    }
  }

  private <T> T one(String key, Class<T> type, String wanted) {
    Object value = values.get(key);
    if (!type.isInstance(value)) {
      throw new FormatException(
          where + ": " + key + (value == null ? " is missing" : " is not " + wanted));
    }
    return type.cast(value);
  }

  String text(String key) {
    return one(key, String.class, "a string");
  }

  long whole(String key) {
    return one(key, Long.class, "an integer");
  }

  /** Returns the box of an annotation; the class is set later. */
  GroundTruthBox box() {
    List<?> b = one("bbox", List.class, "four numbers");
    if (b.size() != 4) {
      throw new FormatException(where + ": bbox is not four numbers");
    }
    double x = (Double) b.get(0);
    double y = (Double) b.get(1);
    boolean crowd = values.containsKey("iscrowd") && whole("iscrowd") != 0;
    double area =
        values.containsKey("area")
            ? one("area", Number.class, "a number").doubleValue()
            : Double.NaN;
    return BoxFolder.box(where, x, y, x + (Double) b.get(2), y + (Double) b.get(3), 0, crowd, area);
  }
}

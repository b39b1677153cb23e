package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The conversion of the values that a codec returns to JSON, with limits, since a codec may return
 * any values.
 */
final class CodecNodes {
  /** The maximum nesting depth of a codec's values, in addition to the file's own levels. */
  private static final int DEEPEST = 16;

  private static final int MOST = 10_000;
  private static final int LONGEST = 1 << 16; // characters
  private int count;

  private CodecNodes() {}

  /**
   * Converts a codec's values to a JSON object.
   *
   * @throws InvalidArgumentException if values have no JSON form, are too many or are nested too
   *     deeply
   */
  static ObjectNode of(@Nullable Map<String, ?> values) {
    if (values == null) {
      throw new InvalidArgumentException("the values are null");
    }
    return new CodecNodes().object(values, 0);
  }

  private ObjectNode object(Map<?, ?> values, int depth) {
    ObjectNode out = Json.NODES.objectNode();
    for (Map.Entry<?, ?> e : values.entrySet()) {
      if (!(e.getKey() instanceof String key)) {
        throw new InvalidArgumentException("a key is not a string");
      }
      out.set(text(key), node(key, e.getValue(), depth + 1));
    }
    return out;
  }

  private ArrayNode array(String key, List<?> values, int depth) {
    ArrayNode out = Json.NODES.arrayNode();
    for (Object value : values) {
      out.add(node(key, value, depth + 1));
    }
    return out;
  }

  private JsonNode node(String key, @Nullable Object value, int depth) {
    if (++count > MOST || depth > DEEPEST) {
      throw new InvalidArgumentException(
          "there are more than " + MOST + " values or more than " + DEEPEST + " levels");
    }
    if (value instanceof String s) {
      return Json.NODES.textNode(text(s));
    } else if (value instanceof Boolean b) {
      return Json.NODES.booleanNode(b);
    } else if (value instanceof Integer || value instanceof Long) {
      return Json.NODES.numberNode(((Number) value).longValue());
    } else if (value instanceof Float f && Float.isFinite(f)) {
      return Json.NODES.numberNode(f);
    } else if (value instanceof Double d && Double.isFinite(d)) {
      return Json.NODES.numberNode(d);
    } else if (value instanceof List<?> list) {
      return array(key, list, depth);
    } else if (value instanceof Map<?, ?> map) {
      return object(map, depth);
    }
    String what =
        value == null || value instanceof Number
            ? String.valueOf(value)
            : "a " + value.getClass().getName();
    throw new InvalidArgumentException(
        "key "
            + key
            + ": "
            + what
            + " is not a string, boolean, finite number, list or map of these");
  }

  private static String text(String s) {
    if (s.length() > LONGEST || !Json.isUnicode(s)) {
      throw new InvalidArgumentException(
          "a string is longer than " + LONGEST + " characters, or has an unpaired surrogate");
    }
    return s;
  }
}

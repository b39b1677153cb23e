package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeType;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import dev.quern.tensor.Size;
import dev.quern.tensor.Size3;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A reader of one JSON object, key by key. Each getter reads a required key or, if called with a
 * default value, an optional key. {@link #end} rejects keys that were not read. Errors are {@link
 * FormatException}s that name the object's position and the key. Not thread-safe.
 */
public final class JsonFields {
  private static final int MAX_RANK = 8;

  private final String where;
  private final JsonNode object;
  private final Set<String> known = new HashSet<>();

  /** The readers of nested objects, by key. */
  private final Map<String, JsonFields> inner = new LinkedHashMap<>();

  /**
   * Creates a reader.
   *
   * @param where the object's position, for example {@code network: layer 3}, with which each
   *     message begins
   */
  public JsonFields(String where, JsonNode object) {
    if (!object.isObject()) {
      throw new FormatException(where + ": " + kind(object) + ", expected an object");
    }
    this.where = where;
    this.object = object;
  }

  public boolean has(String key) {
    return object.has(key);
  }

  public String text(String key) {
    return one(key, required(key), "a string", JsonNode::isTextual).asText();
  }

  public String text(String key, String otherwise) {
    return has(key) ? text(key) : skip(key, otherwise);
  }

  /** Reads an optional constant of an enum, by its name in lower case. */
  public <E extends Enum<E>> E one(Class<E> of, String key, E otherwise) {
    return one(of.getEnumConstants(), key, text(key, text(otherwise)));
  }

  public <E extends Enum<E>> E one(Class<E> of, String key) {
    return one(of.getEnumConstants(), key);
  }

  /** Reads one of the given enum constants, by its name in lower case. */
  <E extends Enum<?>> E one(E[] constants, String key) {
    return one(constants, key, text(key));
  }

  private <E extends Enum<?>> E one(E[] constants, String key, String text) {
    for (E value : constants) {
      if (text(value).equals(text)) {
        return value;
      }
    }
    throw wrong(
        key,
        "\""
            + brief(text)
            + "\" is not one of "
            + String.join(", ", Arrays.stream(constants).map(JsonFields::text).toList()));
  }

  /** Returns the name of an enum constant in JSON. */
  public static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  public boolean flag(String key, boolean otherwise) {
    return has(key)
        ? one(key, required(key), "true or false", JsonNode::isBoolean).asBoolean()
        : skip(key, otherwise);
  }

  public int integer(String key) {
    return integer(key, required(key));
  }

  public int integer(String key, int otherwise) {
    return has(key) ? integer(key) : skip(key, otherwise);
  }

  /** Reads a required number, rounded to the nearest float. */
  public float number(String key) {
    return one(key, required(key), "a number", JsonNode::isNumber).decimalValue().floatValue();
  }

  /** Reads an optional number, rounded to the nearest float. */
  public float number(String key, float otherwise) {
    return has(key) ? number(key) : skip(key, otherwise);
  }

  /** Reads an optional number in double precision. */
  public double real(String key, double otherwise) {
    return has(key) ? real(key) : skip(key, otherwise);
  }

  /** Reads a required number in double precision. */
  public double real(String key) {
    return one(key, required(key), "a number", JsonNode::isNumber).asDouble();
  }

  /** Reads an array of numbers in double precision. */
  public double[] reals(String key) {
    return list(key, v -> one(key, v, "a number", JsonNode::isNumber).asDouble()).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  /** Reads a nested object. */
  public JsonFields object(String key) {
    JsonNode value = required(key);
    return inner.computeIfAbsent(key, k -> new JsonFields(where + ": " + key, value));
  }

  /** Reads a size: one integer for both axes, or {@code [height, width]}. */
  public Size size(String key) {
    int[] v = integers(key, 2, "[height, width]");
    return new Size(v[0], v[1]);
  }

  /** Reads a size: one integer for all axes, or {@code [depth, height, width]}. */
  public Size3 size3(String key) {
    int[] v = integers(key, 3, "[depth, height, width]");
    return new Size3(v[0], v[1], v[2]);
  }

  /**
   * Reads four sizes: one integer for all sides of an image, or {@code [left, right, top, bottom]}.
   */
  public int[] sides(String key) {
    return integers(key, 4, "[left, right, top, bottom]");
  }

  /** Returns whether the key is present and its value is this string. */
  public boolean is(String key, String text) {
    return has(key) && required(key).isTextual() && required(key).textValue().equals(text);
  }

  /**
   * Reads a window's numeric padding: one integer for all sides, {@code [height, width]} or {@code
   * [left, right, top, bottom]}; 0 if the key is missing.
   *
   * @param same whether the message about an invalid value mentions "same" as an allowed value
   */
  public Sides paddings(String key, boolean same) {
    if (!has(key)) {
      return skip(key, Sides.of(Size.of(0)));
    }
    JsonNode value = required(key);
    if (value.isTextual()) {
      throw wrong(
          key,
          kind(value)
              + ", expected an integer"
              + (same ? ", an array or \"same\"" : " or an array"));
    }
    if (value.isArray() && value.size() == 4) {
      int[] v = sides(key);
      return new Sides(v[0], v[1], v[2], v[3]);
    }
    int[] v = integers(key, 2, "[height, width] or [left, right, top, bottom]");
    return Sides.of(new Size(v[0], v[1]));
  }

  public Size size(String key, Size otherwise) {
    return has(key) ? size(key) : skip(key, otherwise);
  }

  /** Reads a shape: an array of 1 to 8 dimensions, each a 32-bit integer of at least 1. */
  public Shape shape(String key) {
    return shape(key, longs(key), false);
  }

  /** Reads a shape like {@link #shape}, in which null means a dynamic dimension. */
  public Shape freeShape(String key) {
    Predicate<JsonNode> fits =
        v -> v.isNull() || v.isIntegralNumber() && v.canConvertToLong() && v.asLong() != Shape.FREE;
    List<Long> dims =
        list(
            key,
            v -> one(key, v, "a 64-bit integer or null", fits).isNull() ? Shape.FREE : v.asLong());
    return shape(key, dims.stream().mapToLong(Long::longValue).toArray(), true);
  }

  private Shape shape(String key, long[] dims, boolean free) {
    if (dims.length < 1 || dims.length > MAX_RANK) {
      throw wrong(key, dims.length + " dimensions, expected 1 to " + MAX_RANK);
    }
    for (long d : dims) {
      if (!(free && d == Shape.FREE) && (d < 1 || d > Integer.MAX_VALUE)) {
        throw wrong(key, "dimension " + d + " is not a 32-bit integer of at least 1");
      }
    }
    try {
      return Shape.of(dims);
    } catch (InvalidArgumentException e) {
      throw wrong(key, e.getMessage());
    }
  }

  /**
   * Reads an object that maps names to shapes, each as in {@link #freeShape}, and keeps the order.
   */
  public Map<String, Shape> freeShapes(String key) {
    JsonFields inner = new JsonFields(where + ": " + key, required(key));
    Map<String, Shape> shapes = new LinkedHashMap<>();
    inner.object.fieldNames().forEachRemaining(name -> shapes.put(name, inner.freeShape(name)));
    return shapes;
  }

  /** Reads an object as a map from its keys to their values, in order. */
  public Map<String, JsonNode> named(String key) {
    JsonFields inner = new JsonFields(where + ": " + key, required(key));
    Map<String, JsonNode> all = new LinkedHashMap<>();
    inner.object.fields().forEachRemaining(f -> all.put(f.getKey(), f.getValue()));
    return all;
  }

  /** Reads a required value of any JSON type. */
  public JsonNode node(String key) {
    return required(key);
  }

  public List<String> texts(String key) {
    return list(key, v -> one(key, v, "a string", JsonNode::isTextual).asText());
  }

  public List<String> texts(String key, List<String> otherwise) {
    return has(key) ? texts(key) : skip(key, otherwise);
  }

  /** Reads an array of 64-bit integers. */
  public long[] longs(String key) {
    Predicate<JsonNode> fits = v -> v.isIntegralNumber() && v.canConvertToLong();
    return list(key, v -> one(key, v, "a 64-bit integer", fits).asLong()).stream()
        .mapToLong(Long::longValue)
        .toArray();
  }

  /** Reads an array of 32-bit integers. */
  public List<Integer> integers(String key) {
    return list(key, v -> integer(key, v));
  }

  /** Reads an array of numbers, each rounded to the nearest float. */
  public float[] floats(String key) {
    List<Float> values =
        list(key, v -> one(key, v, "a number", JsonNode::isNumber).decimalValue().floatValue());
    float[] out = new float[values.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = values.get(i);
    }
    return out;
  }

  /** Reads an array of values of any JSON type. */
  public List<JsonNode> nodes(String key) {
    return list(key, v -> v);
  }

  /**
   * Checks that all keys were read.
   *
   * @throws FormatException if the object, or a nested object, has a key that no getter has read
   */
  public void end() {
    inner.values().forEach(JsonFields::end);
    for (Iterator<String> keys = object.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      if (!known.contains(key)) {
        throw wrong(
            key, "unknown, expected one of " + String.join(", ", known.stream().sorted().toList()));
      }
    }
  }

  /** Returns a {@link FormatException} about the whole object. */
  public FormatException wrong(String problem) {
    return new FormatException(where + ": " + problem);
  }

  /** Returns a {@link FormatException} about the value of one key. */
  public FormatException wrong(String key, String problem) {
    return wrong("key \"" + brief(key) + "\": " + problem);
  }

  private JsonNode required(String key) {
    known.add(key);
    JsonNode value = object.get(key);
    if (value == null) {
      throw wrong("key \"" + key + "\" is missing");
    }
    return value;
  }

  <T> T skip(String key, T otherwise) {
    known.add(key);
    return otherwise;
  }

  private int integer(String key, JsonNode value) {
    one(key, value, "an integer", JsonNode::isIntegralNumber);
    return one(key, value, "a 32-bit integer", JsonNode::canConvertToInt).asInt();
  }

  /** Reads an array of {@code count} integers, or a single integer that applies to all of them. */
  private int[] integers(String key, int count, String wanted) {
    JsonNode value = required(key);
    int[] all = new int[count];
    if (!value.isArray()) {
      Arrays.fill(all, integer(key, value));
      return all;
    }
    if (value.size() != count) {
      throw wrong(key, "an array of " + value.size() + " values, expected " + wanted);
    }
    for (int i = 0; i < count; i++) {
      all[i] = integer(key, value.get(i));
    }
    return all;
  }

  private <T> List<T> list(String key, Function<JsonNode, T> element) {
    List<T> all = new ArrayList<>();
    for (JsonNode v : one(key, required(key), "an array", JsonNode::isArray)) {
      all.add(element.apply(v));
    }
    return all;
  }

  private JsonNode one(String key, JsonNode value, String wanted, Predicate<JsonNode> rule) {
    if (!rule.test(value)) {
      throw wrong(key, kind(value) + ", expected " + wanted);
    }
    return value;
  }

  private static String kind(JsonNode value) {
    JsonNodeType type = value.getNodeType();
    return switch (type) {
      case NUMBER, BOOLEAN -> brief(value.asText());
      case STRING -> "string \"" + brief(value.asText()) + "\"";
      case MISSING -> "nothing";
      default -> type.name().toLowerCase(Locale.ROOT);
    };
  }

  private static String brief(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }
}

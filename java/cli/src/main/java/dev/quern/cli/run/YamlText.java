package dev.quern.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Converts YAML 1.2 to JSON, with values that exist in JSON: strings, numbers, true, false, null,
 * lists and maps.
 */
final class YamlText {
  private static final int MOST_ALIASES = 50;
  private static final int MOST_CHARACTERS = 1 << 20;

  /**
   * Maximum number of values. More values than characters can only result from aliases, a few of
   * which can expand to billions of values.
   */
  private static final int MOST_VALUES = MOST_CHARACTERS;

  private final String what;
  private int values;

  private YamlText(String what) {
    this.what = what;
  }

  /** Returns whether a file is YAML, by its extension. */
  static boolean isYaml(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  /**
   * Converts YAML to JSON; tags never create objects of Java classes.
   *
   * @param what description of the text, for messages
   * @throws FormatException with line and column if the text is not YAML, or a key occurs twice
   */
  static JsonNode parse(String what, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(MOST_CHARACTERS)
            .build();
    try {
      YamlText json = new YamlText(what);
      json.requireFlat(new Parse(settings).parseString(text));
      return json.node(new Load(settings).loadFromString(text), 0);
    } catch (MarkedYamlEngineException e) {
      throw new FormatException(
          what + ": not YAML: " + e.getProblem() + e.getProblemMark().map(YamlText::at).orElse(""),
          e);
    } catch (YamlEngineException e) {
      throw new FormatException(what + ": not YAML: " + e.getMessage(), e);
    }
  }

  private static String at(Mark mark) {
    return " (line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ")";
  }

  /**
   * Checks the nesting depth before loading, because the loader is recursive and does not limit the
   * depth.
   */
  private void requireFlat(Iterable<Event> events) {
    int depth = 0;
    for (Event e : events) {
      depth += e instanceof CollectionStartEvent ? 1 : e instanceof CollectionEndEvent ? -1 : 0;
      requireDepth(depth);
    }
  }

  private void requireDepth(int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new FormatException(what + ": it is nested deeper than " + Json.MAX_DEPTH + " levels");
    }
  }

  private JsonNode node(Object value, int depth) {
    requireDepth(depth);
    if (++values > MOST_VALUES) {
      throw new FormatException(what + ": aliases expand to more than " + MOST_VALUES + " values");
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode all = Json.NODES.objectNode();
      map.forEach((key, v) -> all.set(key(key), node(v, depth + 1)));
      return all;
    }
    if (value instanceof List<?> list) {
      ArrayNode all = Json.NODES.arrayNode();
      list.forEach(v -> all.add(node(v, depth + 1)));
      return all;
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Boolean b) {
      return Json.NODES.booleanNode(b);
    }
    if (value == null) {
      return Json.NODES.nullNode();
    }
    if (value instanceof String s) {
      return Json.NODES.textNode(s);
    }
    throw new FormatException(what + ": it has a value without a JSON equivalent: " + kind(value));
  }

  private String key(Object key) {
    if (key instanceof String s) {
      return s;
    }
    boolean one = key == null || key instanceof Number || key instanceof Boolean;
    throw new FormatException(what + ": the key " + (one ? key : kind(key)) + " is not a string");
  }

  /**
   * Returns the type of a value for a message. The value itself could exceed memory, since aliases
   * expand.
   */
  private static String kind(Object value) {
    return value instanceof Map
        ? "a map"
        : value instanceof Collection ? "a list" : value.getClass().getSimpleName();
  }

  /** Converts a number to JSON; numbers with a fraction are decimal. */
  private JsonNode number(Number number) {
    if (number instanceof BigInteger big) {
      return Json.NODES.numberNode(big);
    }
    if (!(number instanceof Double d)) {
      return Json.NODES.numberNode(number.longValue());
    }
    if (!Double.isFinite(d)) {
      throw new FormatException(what + ": " + d + " is not a JSON number");
    }
    return Json.NODES.numberNode(BigDecimal.valueOf(d));
  }
}

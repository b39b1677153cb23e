package dev.quern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.io.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** YAML 1.2 of which JSON has all values: texts, numbers, true, false, null, lists, maps. */
final class YamlText {
  private static final int MOST_ALIASES = 50;
  private static final int MOST_CHARACTERS = 1 << 20;

  private YamlText() {}

  /** Whether a file's name says that it is YAML. */
  static boolean isYaml(Path file) {
    String name = file.toString().toLowerCase(Locale.ROOT);
    return name.endsWith(".yaml") || name.endsWith(".yml");
  }

  /**
   * The text as JSON. No tag makes an object of a class.
   *
   * @param what what is read, for the message
   * @throws FormatException with line and column if it is not YAML, or has a key twice
   */
  static JsonNode parse(String what, String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setAllowDuplicateKeys(false)
            .setMaxAliasesForCollections(MOST_ALIASES)
            .setCodePointLimit(MOST_CHARACTERS)
            .build();
    try {
      return node(what, new Load(settings).loadFromString(text), 0);
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

  private static JsonNode node(String what, Object value, int depth) {
    if (depth > Json.MAX_DEPTH) {
      throw new FormatException(what + ": is deeper than " + Json.MAX_DEPTH + " levels");
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode all = Json.NODES.objectNode();
      map.forEach((key, v) -> all.set(key(what, key), node(what, v, depth + 1)));
      return all;
    }
    if (value instanceof List<?> list) {
      ArrayNode all = Json.NODES.arrayNode();
      list.forEach(v -> all.add(node(what, v, depth + 1)));
      return all;
    }
    if (value instanceof Number number) {
      return number(what, number);
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
    throw new FormatException(what + ": has a value that JSON has none for: " + value);
  }

  private static String key(String what, Object key) {
    if (key instanceof String s) {
      return s;
    }
    throw new FormatException(what + ": the name " + key + " is no text");
  }

  /** As JSON has it: numbers that are not whole are decimal. */
  private static JsonNode number(String what, Number number) {
    if (number instanceof BigInteger big) {
      return Json.NODES.numberNode(big);
    }
    if (!(number instanceof Double d)) {
      return Json.NODES.numberNode(number.longValue());
    }
    if (!Double.isFinite(d)) {
      throw new FormatException(what + ": " + d + " is no number that JSON has");
    }
    return Json.NODES.numberNode(BigDecimal.valueOf(d));
  }
}

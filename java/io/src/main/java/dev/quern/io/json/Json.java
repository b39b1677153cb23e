package dev.quern.io.json;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.quern.error.FormatException;
import dev.quern.metric.Evaluation;
import java.util.Map;

/**
 * A strict parser of standard JSON, without duplicate keys or content after the value, with at most
 * {@link #MAX_DEPTH} levels, {@link #MAX_LENGTH} characters and {@link #MAX_TOKENS} tokens, so that
 * malicious text cannot exhaust stack or heap.
 */
public final class Json {
  public static final int MAX_DEPTH = 32;
  public static final int MAX_LENGTH = 16 << 20;

  /**
   * The maximum number of names, values and brackets in a text. A tensor in a header has thirteen,
   * so a checkpoint may have 76,000 tensors; a layer of a network has up to forty.
   */
  public static final int MAX_TOKENS = 1_000_000;

  /** The factory that creates nodes for writing. */
  public static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxStringLength(MAX_LENGTH)
                          .maxTokenCount(MAX_TOKENS)
                          .build())
                  .build())
          .addModule(OptionalJson.module())
          .addMixIn(Evaluation.class, EvaluationKeys.class)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // the shortest decimal of a float restores that float; via double, it might not
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          // a missing, null or fractional number is an error and not read as 0
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          // older files lack some maps
          .withConfigOverride(
              Map.class, o -> o.setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY)))
          .build();

  /**
   * The mapping of an evaluation to JSON: checkpoints store its metrics under the key {@code
   * scores}.
   */
  private interface EvaluationKeys {
    @JsonProperty("scores")
    Map<String, Double> metrics();
  }

  private Json() {}

  /**
   * Parses a JSON text.
   *
   * @param what the description of the text, for messages
   * @throws FormatException if the text is not JSON within the limits of this class; the message
   *     has line, column and JSON path
   */
  public static JsonNode parse(String what, String text) {
    if (text.length() > MAX_LENGTH) {
      throw new FormatException(
          what + ": the JSON has " + text.length() + " characters, the limit is " + MAX_LENGTH);
    }
    try {
      JsonNode root = MAPPER.readTree(text);
      requireUnicode(what, text, root);
      return root;
    } catch (JsonProcessingException e) {
      throw new FormatException(what + ": not JSON: " + e.getOriginalMessage() + place(e), e);
    } catch (NumberFormatException e) {
      // how the library reports an exponent beyond BigDecimal's range
      throw new FormatException(what + ": not JSON: " + e.getMessage(), e);
    }
  }

  /**
   * Rejects unpaired surrogates, which are not characters and would change if they were written and
   * read again.
   */
  private static void requireUnicode(String what, String text, JsonNode root) {
    if (!isUnicode(text) || text.contains("\\u") && !isUnicode(root)) {
      throw new FormatException(what + ": not JSON: a string has an unpaired surrogate");
    }
  }

  private static boolean isUnicode(JsonNode node) {
    if (node.isTextual()) {
      return isUnicode(node.textValue());
    }
    for (Map.Entry<String, JsonNode> e : node.properties()) {
      if (!isUnicode(e.getKey())) {
        return false;
      }
    }
    for (JsonNode child : node) {
      if (!isUnicode(child)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether the text can be encoded in UTF-8, that is, has no unpaired surrogate. */
  public static boolean isUnicode(String text) {
    return text.codePoints().allMatch(c -> Character.getType(c) != Character.SURROGATE);
  }

  /** Returns the JSON text of a record or map. */
  public static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          value.getClass().getName() + " cannot be written as JSON", e);
    }
  }

  /**
   * Creates a record or map from its JSON text.
   *
   * @throws FormatException if the text is missing or does not describe an object of this type
   */
  public static <T> T read(String what, String text, Class<T> type) {
    return read(what, text, MAPPER.constructType(type));
  }

  /** Returns a map of strings from its JSON text; null values are rejected. */
  public static Map<String, String> readTexts(String what, String text) {
    Map<String, String> texts =
        read(
            what,
            text,
            MAPPER.getTypeFactory().constructMapType(Map.class, String.class, String.class));
    if (texts.containsValue(null)) {
      throw new FormatException(what + " has a null");
    }
    return texts;
  }

  private static <T> T read(String what, String text, JavaType type) {
    if (text == null) {
      throw new FormatException(what + " is missing");
    }
    try {
      T value = MAPPER.treeToValue(parse(what, text), type);
      if (value == null) {
        throw new FormatException(what + " is null");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new FormatException(what + ": " + e.getOriginalMessage(), e);
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String where = at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr();
    String path = "";
    if (e.getProcessor() instanceof JsonParser p) {
      path = p.getParsingContext().pathAsPointer().toString();
    }
    return where.isEmpty() ? "" : where + (path.isEmpty() ? ")" : ", at " + path + ")");
  }
}

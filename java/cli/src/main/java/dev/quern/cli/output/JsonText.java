package dev.quern.cli.output;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * JSON text of maps, lists, arrays of longs, texts, numbers and booleans; what is not finite is
 * null.
 */
public final class JsonText {
  private JsonText() {}

  public static String of(Object valueOrNull) {
    if (valueOrNull instanceof Map<?, ?> map) {
      return joined(
          map.entrySet().stream()
              .map(e -> JsonObject.quoted(e.getKey().toString()) + ":" + of(e.getValue())),
          "{",
          "}");
    }
    if (valueOrNull instanceof List<?> list) {
      return joined(list.stream().map(JsonText::of), "[", "]");
    }
    if (valueOrNull instanceof long[] row) {
      return Arrays.toString(row).replace(" ", "");
    }
    if (valueOrNull instanceof long[][] rows) {
      return joined(Stream.of(rows).map(JsonText::of), "[", "]");
    }
    if (valueOrNull instanceof Number n) {
      return Double.isFinite(n.doubleValue()) ? n.toString() : "null";
    }
    if (valueOrNull instanceof Boolean b) {
      return b.toString();
    }
    return valueOrNull == null ? "null" : JsonObject.quoted(valueOrNull.toString());
  }

  private static String joined(Stream<String> parts, String open, String close) {
    return parts.collect(Collectors.joining(",", open, close));
  }
}

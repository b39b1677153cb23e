package dev.quern.cli.output;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;

/**
 * Writes JSON in one line with Jackson's generator, since Jackson's mapper would delay the start of
 * a command by a tenth of a second.
 */
public final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  /** A function that writes the members of a JSON object. */
  public interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  /** Returns a JSON object with the members that a function writes, in their order. */
  public static String object(Content members) {
    return text(
        json -> {
          json.writeStartObject();
          members.write(json);
          json.writeEndObject();
        });
  }

  /**
   * Returns a value as JSON: a map, list, array of longs, string, number, boolean or null. Numbers
   * that are not finite become null.
   */
  public static String of(Object valueOrNull) {
    return text(json -> write(json, valueOrNull));
  }

  /** Returns a number rounded to {@code digits} decimal places; null if it is not finite. */
  public static Object decimal(double value, int digits) {
    return Double.isFinite(value)
        ? new BigDecimal(value).setScale(digits, RoundingMode.HALF_UP)
        : null;
  }

  private static String text(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // no file is involved
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Object valueOrNull) throws IOException {
    if (valueOrNull instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> e : map.entrySet()) {
        json.writeFieldName(e.getKey().toString());
        write(json, e.getValue());
      }
      json.writeEndObject();
    } else if (valueOrNull instanceof List<?> list) {
      json.writeStartArray();
      for (Object value : list) {
        write(json, value);
      }
      json.writeEndArray();
    } else if (valueOrNull instanceof long[] row) {
      json.writeArray(row, 0, row.length);
    } else if (valueOrNull instanceof long[][] rows) {
      write(json, List.of(rows));
    } else if (valueOrNull instanceof Number n) {
      write(json, n);
    } else if (valueOrNull instanceof Boolean b) {
      json.writeBoolean(b);
    } else if (valueOrNull == null) {
      json.writeNull();
    } else {
      json.writeString(valueOrNull.toString());
    }
  }

  private static void write(JsonGenerator json, Number number) throws IOException {
    if (number instanceof BigDecimal decimal) {
      json.writeNumber(decimal);
    } else if (number instanceof Long || number instanceof Integer) {
      json.writeNumber(number.longValue());
    } else if (!Double.isFinite(number.doubleValue())) {
      json.writeNull();
    } else if (number instanceof Float) {
      json.writeNumber(number.floatValue());
    } else {
      json.writeNumber(number.doubleValue());
    }
  }
}

package dev.quern.cli.output;

import java.util.StringJoiner;

/** A JSON object of one line, made key by key. Not thread-safe. */
public final class JsonObject {
  private final StringJoiner members = new StringJoiner(",", "{", "}");

  public JsonObject put(String key, String value) {
    members.add(quoted(key) + ":" + quoted(value));
    return this;
  }

  /** A number that is written already, or {@code null}. */
  public JsonObject putNumber(String key, String value) {
    members.add(quoted(key) + ":" + value);
    return this;
  }

  public JsonObject put(String key, long value) {
    return putNumber(key, Long.toString(value));
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  @Override
  public String toString() {
    return members.toString();
  }
}

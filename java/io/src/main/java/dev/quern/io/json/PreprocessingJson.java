package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Size;
import java.util.Arrays;
import java.util.Locale;

/**
 * How a {@link Preprocessing} stands in JSON: {@code mean} and {@code std}, a number a channel, and
 * where they are not the default {@code size}, {@code fit}, {@code crop} and {@code channels}.
 */
public final class PreprocessingJson {
  private PreprocessingJson() {}

  /**
   * @param where its place, for messages
   */
  public static Preprocessing read(String where, JsonNode json) {
    JsonFields in = new JsonFields(where, json);
    float[] mean = in.floats("mean");
    float[] std = in.floats("std");
    Size size = in.has("size") ? in.size("size") : null;
    try {
      Preprocessing plain = Preprocessing.of(new Normalization(mean, std));
      Preprocessing read =
          new Preprocessing(
              size,
              one(Preprocessing.Fit.class, in, "fit", plain.fit()),
              in.number("crop", plain.crop()),
              one(Preprocessing.Channels.class, in, "channels", plain.channels()),
              plain.normalization());
      in.end();
      return read;
    } catch (InvalidArgumentException e) {
      throw in.wrong(e.getMessage());
    }
  }

  private static <E extends Enum<E>> E one(Class<E> of, JsonFields in, String key, E otherwise) {
    String text = in.text(key, text(otherwise));
    for (E value : of.getEnumConstants()) {
      if (text(value).equals(text)) {
        return value;
      }
    }
    throw in.wrong(
        key,
        "\""
            + text
            + "\" is not one of "
            + String.join(
                ", ", Arrays.stream(of.getEnumConstants()).map(PreprocessingJson::text).toList()));
  }

  private static String text(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** The JSON that {@link #read} turns back into an equal preprocessing. */
  public static ObjectNode write(Preprocessing p) {
    Preprocessing plain = Preprocessing.of(p.normalization());
    ObjectNode out = Json.NODES.objectNode();
    add(out.putArray("mean"), p.normalization().mean());
    add(out.putArray("std"), p.normalization().std());
    if (p.size() != null) {
      out.putArray("size").add(p.size().height()).add(p.size().width());
    }
    if (p.fit() != plain.fit()) {
      out.put("fit", text(p.fit()));
    }
    if (p.crop() != plain.crop()) {
      out.put("crop", p.crop());
    }
    if (p.channels() != plain.channels()) {
      out.put("channels", text(p.channels()));
    }
    return out;
  }

  private static void add(ArrayNode out, float[] values) {
    for (float v : values) {
      out.add(v);
    }
  }
}

package dev.quern.io.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Size;

/**
 * The conversion of a {@link Preprocessing} to and from JSON: {@code mean} and {@code std} with a
 * number per channel and, if they are not the default, {@code size}, {@code fit}, {@code crop} and
 * {@code channels}.
 */
public final class PreprocessingJson {
  private PreprocessingJson() {}

  /**
   * Reads a preprocessing.
   *
   * @param where the preprocessing's position in the file, for messages
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
              in.one(Preprocessing.Fit.class, "fit", plain.fit()),
              in.number("crop", plain.crop()),
              in.one(Preprocessing.Channels.class, "channels", plain.channels()),
              plain.normalization());
      in.end();
      return read;
    } catch (InvalidArgumentException e) {
      throw in.wrong(e.getMessage());
    }
  }

  /** Returns the JSON from which {@link #read} creates an equal preprocessing. */
  public static ObjectNode write(Preprocessing p) {
    Preprocessing plain = Preprocessing.of(p.normalization());
    ObjectNode out = Json.NODES.objectNode();
    add(out.putArray("mean"), p.normalization().mean());
    add(out.putArray("std"), p.normalization().std());
    if (p.size() != null) {
      out.putArray("size").add(p.size().height()).add(p.size().width());
    }
    if (p.fit() != plain.fit()) {
      out.put("fit", JsonFields.text(p.fit()));
    }
    if (p.crop() != plain.crop()) {
      out.put("crop", p.crop());
    }
    if (p.channels() != plain.channels()) {
      out.put("channels", JsonFields.text(p.channels()));
    }
    return out;
  }

  private static void add(ArrayNode out, float[] values) {
    for (float v : values) {
      out.add(v);
    }
  }
}

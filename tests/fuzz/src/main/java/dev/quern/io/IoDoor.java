package dev.quern.io;

import dev.quern.io.json.Json;
import dev.quern.io.json.JsonFields;

/** A way for attacks to what this package keeps to itself. */
public final class IoDoor {
  private IoDoor() {}

  /** What a codec gets of a JSON object. */
  public static CodecValues values(String json) {
    return new CodecValues(new JsonFields("object", Json.parse("object", json)));
  }
}

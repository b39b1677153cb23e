package dev.quern.io.file;

import dev.quern.error.InvalidArgumentException;
import java.util.Map;

/** Rules on arguments, as in the core, whose own are not exported. */
public final class Require {
  private Require() {}

  /**
   * @throws InvalidArgumentException "op: what is null"
   */
  public static <T> T present(String op, String what, T value) {
    if (value == null) {
      throw new InvalidArgumentException(op + ": " + what + " is null");
    }
    return value;
  }

  /**
   * A map without a null as key or value.
   *
   * @throws InvalidArgumentException "op: what is null", or "op: what has a null"
   */
  public static <V, M extends Map<String, V>> M all(String op, String what, M map) {
    present(op, what, map)
        .forEach(
            (key, value) -> {
              if (key == null || value == null) {
                throw new InvalidArgumentException(op + ": " + what + " has a null at " + key);
              }
            });
    return map;
  }
}

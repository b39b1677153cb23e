package dev.quern.io.file;

import dev.quern.error.InvalidArgumentException;
import java.util.HashSet;
import java.util.List;
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

  /**
   * The names of classes.
   *
   * @throws InvalidArgumentException "op: classes is null", "op: class is null", or "op: classes
   *     NAMES are none, or one is there twice"
   */
  public static List<String> classes(String op, List<String> names) {
    present(op, "classes", names).forEach(name -> present(op, "class", name));
    if (names.isEmpty() || new HashSet<>(names).size() != names.size()) {
      throw new InvalidArgumentException(
          op + ": classes " + names + " are none, or one is there twice");
    }
    return List.copyOf(names);
  }

  /**
   * A part of a data set.
   *
   * @throws InvalidArgumentException "op: what PART is outside [0, 1]"
   */
  public static double part(String op, String what, double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new InvalidArgumentException(op + ": " + what + " " + part + " is outside [0, 1]");
    }
    return part;
  }

  /**
   * @throws InvalidArgumentException "op: what of BYTES bytes is below 0"
   */
  public static long bytes(String op, String what, long bytes) {
    if (bytes < 0) {
      throw new InvalidArgumentException(op + ": " + what + " of " + bytes + " bytes is below 0");
    }
    return bytes;
  }
}

package dev.quern.internal;

import dev.quern.error.InvalidArgumentException;
import java.util.Collection;
import java.util.List;

/** Rules on arguments that every part shares. */
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
   * A copy of a list none of whose elements is null.
   *
   * @throws InvalidArgumentException "op: what is null", or "op: what has a null"
   */
  public static <T> List<T> all(String op, String what, Collection<T> values) {
    for (T value : present(op, what, values)) {
      if (value == null) {
        throw new InvalidArgumentException(op + ": " + what + " has a null");
      }
    }
    return List.copyOf(values);
  }
}

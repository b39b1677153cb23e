package dev.quern.reference.internal;

import dev.quern.error.InvalidArgumentException;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;

/** Rules on arguments that every part shares. */
public final class Require {
  private Require() {}

  /**
   * None of the arguments is null, and nothing in a list, set or map among them.
   *
   * @param names of the arguments, in order, with ", " between them
   * @throws InvalidArgumentException "op: name is null", or "op: name has a null"
   */
  public static void present(String op, String names, Object... arguments) {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] == null) {
        throw new InvalidArgumentException(op + ": " + names.split(", ")[i] + " is null");
      }
      if (hasNull(arguments[i])) {
        throw new InvalidArgumentException(op + ": " + names.split(", ")[i] + " has a null");
      }
    }
  }

  private static boolean hasNull(Object argument) {
    if (argument instanceof Map<?, ?> m) {
      return hasNull(m.keySet()) || hasNull(m.values());
    }
    return argument instanceof Collection<?> c && c.stream().anyMatch(Objects::isNull);
  }
}

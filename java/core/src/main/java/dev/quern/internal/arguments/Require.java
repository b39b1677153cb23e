package dev.quern.internal.arguments;

import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks of arguments, shared by all packages. */
public final class Require {
  private Require() {}

  /**
   * Returns the value if it is not null.
   *
   * @throws InvalidArgumentException if the value is null
   */
  public static <T> T present(String op, String what, T value) {
    if (value == null) {
      throw new InvalidArgumentException(op + ": " + what + " is null");
    }
    return value;
  }

  /**
   * Returns a copy of a list without null elements. The list is read once, because a caller's own
   * list class may return other elements later.
   *
   * @throws InvalidArgumentException if the list or one of its elements is null
   * @throws dev.quern.error.UserCodeException if the list throws, or changes while it is read
   */
  public static <T> List<T> all(String op, String what, Collection<? extends T> values) {
    present(op, what, values);
    List<T> copy = UserCode.answer(op + ": " + what, () -> new ArrayList<>(values));
    for (T value : copy) {
      if (value == null) {
        throw new InvalidArgumentException(op + ": " + what + " has a null");
      }
    }
    return List.copyOf(copy);
  }

  /**
   * Returns a copy of a map in its order, without null keys or values.
   *
   * @throws InvalidArgumentException if the map, a key or a value is null
   * @throws dev.quern.error.UserCodeException if the map throws, or changes while it is read
   */
  public static <V> Map<String, V> all(String op, String what, Map<String, ? extends V> values) {
    present(op, what, values);
    Map<String, V> copy = UserCode.answer(op + ": " + what, () -> new LinkedHashMap<>(values));
    copy.forEach(
        (key, value) -> {
          if (key == null) {
            throw new InvalidArgumentException(op + ": " + what + " has a null");
          }
          if (value == null) {
            throw new InvalidArgumentException(op + ": " + what + " " + key + " is null");
          }
        });
    return Collections.unmodifiableMap(copy);
  }

  /**
   * Returns a copy of a list of class names, which must be distinct.
   *
   * @throws InvalidArgumentException if the list or a name is null, the list is empty, or a name
   *     occurs twice
   */
  public static List<String> classes(String op, List<String> names) {
    present(op, "classes", names);
    List<String> copy = UserCode.answer(op + ": classes", () -> new ArrayList<>(names));
    copy.forEach(name -> present(op, "class", name));
    if (copy.isEmpty() || new HashSet<>(copy).size() != copy.size()) {
      throw new InvalidArgumentException(
          op + ": classes " + copy + " must not be empty or repeat an entry");
    }
    return List.copyOf(copy);
  }

  /**
   * Checks that a fraction of a data set is in [0, 1], and returns the fraction.
   *
   * @throws InvalidArgumentException if the fraction is outside [0, 1]
   */
  public static double part(String op, String what, double part) {
    if (!(part >= 0 && part <= 1)) {
      throw new InvalidArgumentException(op + ": " + what + " " + part + " is outside [0, 1]");
    }
    return part;
  }

  /**
   * Returns a number of bytes if it is not negative.
   *
   * @throws InvalidArgumentException if the number is negative
   */
  public static long bytes(String op, String what, long bytes) {
    if (bytes < 0) {
      throw new InvalidArgumentException(op + ": " + what + " of " + bytes + " bytes is below 0");
    }
    return bytes;
  }
}

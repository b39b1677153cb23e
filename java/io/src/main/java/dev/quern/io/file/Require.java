package dev.quern.io.file;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Checks of arguments, as in core, which does not export its own. */
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
   * A copy of a map in its order, without a null as key or value. The map is read once, because a
   * caller's own implementation may return other entries later.
   *
   * @throws InvalidArgumentException "op: what is null", or "op: what has a null"
   * @throws UserCodeException if the map throws, or changes while it is read
   */
  public static <V> LinkedHashMap<String, V> all(
      String op, String what, Map<String, ? extends V> map) {
    present(op, what, map);
    LinkedHashMap<String, V> copy = read(op, what, () -> new LinkedHashMap<>(map));
    copy.forEach(
        (key, value) -> {
          if (key == null || value == null) {
            throw new InvalidArgumentException(op + ": " + what + " has a null at " + key);
          }
        });
    return copy;
  }

  /**
   * A copy of a list without a null, as {@link #all(String, String, Map)}.
   *
   * @throws InvalidArgumentException "op: what is null", or "op: what has a null"
   * @throws UserCodeException if the list throws, or changes while it is read
   */
  public static <T> List<T> all(String op, String what, Collection<? extends T> values) {
    present(op, what, values);
    List<T> copy = read(op, what, () -> new ArrayList<>(values));
    for (T value : copy) {
      if (value == null) {
        throw new InvalidArgumentException(op + ": " + what + " has a null");
      }
    }
    return List.copyOf(copy);
  }

  private static <T> T read(String op, String what, Supplier<T> copy) {
    try {
      return copy.get();
    } catch (RuntimeException e) { // of a caller's own class, or of a thread that writes to it
      throw new UserCodeException(op + ": " + what + " threw " + e.getClass().getName(), e);
    }
  }

  /**
   * A copy of the names of classes.
   *
   * @throws InvalidArgumentException "op: classes is null", "op: class is null", or "op: classes
   *     NAMES must not be empty or repeat an entry"
   */
  public static List<String> classes(String op, List<String> names) {
    present(op, "classes", names);
    List<String> copy = read(op, "classes", () -> new ArrayList<>(names));
    copy.forEach(name -> present(op, "class", name));
    if (copy.isEmpty() || new HashSet<>(copy).size() != copy.size()) {
      throw new InvalidArgumentException(
          op + ": classes " + copy + " must not be empty or repeat an entry");
    }
    return List.copyOf(copy);
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

package dev.quern.reference.internal;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.UserCodeException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Argument checks shared by all packages of this module. */
public final class Require {
  private Require() {}

  /**
   * Checks that no argument is null, and that no list, set or map among them contains a null.
   *
   * @param names names of the arguments in order, separated by ", "
   * @throws InvalidArgumentException with the message "op: name is null" or "op: name has a null"
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
      Map<?, ?> copy = read("map", () -> new LinkedHashMap<>(m));
      return copy.containsKey(null) || copy.containsValue(null);
    }
    return argument instanceof Collection<?> c
        && read("list", () -> new ArrayList<>(c)).contains(null);
  }

  /**
   * Returns a copy of a list without null elements. The list is read only once, because a custom
   * list may return other elements when it is read again.
   *
   * @throws InvalidArgumentException with the message "op: what is null" or "op: what has a null"
   * @throws UserCodeException if the list throws, or changes while it is read
   */
  public static <T> List<T> all(String op, String what, Collection<? extends T> given) {
    present(op, what, (Object) (given == null ? null : List.of()));
    List<T> copy = read(op + ": " + what, () -> new ArrayList<>(given));
    present(op, what, copy);
    return Collections.unmodifiableList(copy);
  }

  /**
   * Returns a copy of a map in its order; the checks are those of {@link #all(String, String,
   * Collection)}.
   */
  public static <V> Map<String, V> all(String op, String what, Map<String, ? extends V> given) {
    present(op, what, (Object) (given == null ? null : Map.of()));
    Map<String, V> copy = read(op + ": " + what, () -> new LinkedHashMap<>(given));
    present(op, what, copy);
    return Collections.unmodifiableMap(copy);
  }

  private static <T> T read(String what, Supplier<T> copy) {
    try {
      return copy.get();
    } catch (RuntimeException e) { // of a caller's own class, or while another thread writes
      throw new UserCodeException(what + " threw " + e.getClass().getName(), e);
    }
  }
}

package dev.quern.io.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.messages.NearNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A registry of custom layers or losses, by their names in files. A file can refer only to
 * registered classes, so a file never determines which class is loaded. Thread-safe.
 */
public final class CustomCodecs<B> {
  /** The keys that describe an object in a file, which a codec cannot use. */
  private static final List<String> RESERVED = List.of("type", "name", "inputs");

  /** The number of similar built-in types that the message about an unknown type lists. */
  private static final int NEAREST = 3;

  private final String kind;
  private final Map<String, Codec<? extends B>> byName = new LinkedHashMap<>();

  /**
   * Creates a registry.
   *
   * @param kind the kind of object, for messages, such as {@code layer}
   */
  CustomCodecs(String kind) {
    this.kind = kind;
  }

  private record Codec<T>(
      String name,
      Class<T> type,
      Function<? super T, ? extends Map<String, ?>> write,
      Function<JsonFields, ?> read) {
    Map<String, ?> written(Object any) {
      return write.apply(type.cast(any));
    }
  }

  /**
   * Registers a codec for objects of exactly this class under a name, replacing an earlier
   * registration.
   *
   * @throws InvalidArgumentException if the name belongs to another class, or the class is
   *     registered under another name
   */
  public synchronized <T extends B> void put(
      String name,
      Class<T> type,
      Function<? super T, ? extends Map<String, ?>> write,
      Function<JsonFields, ?> read) {
    for (Codec<? extends B> known : byName.values()) {
      if (known.name().equals(name) != (known.type() == type)) {
        throw new InvalidArgumentException(
            "codec: cannot register "
                + name
                + " for "
                + type.getName()
                + ": "
                + known.name()
                + " is registered for "
                + known.type().getName());
      }
    }
    byName.put(name, new Codec<>(name, type, write, read));
  }

  public synchronized boolean remove(String name) {
    return byName.remove(name) != null;
  }

  public synchronized List<String> names() {
    return List.copyOf(new TreeMap<>(byName).keySet());
  }

  private synchronized @Nullable Codec<? extends B> named(String name) {
    return byName.get(name);
  }

  private synchronized @Nullable Codec<? extends B> of(Class<?> type) {
    return byName.values().stream().filter(c -> c.type() == type).findFirst().orElse(null);
  }

  /**
   * Creates the object that {@code in} describes; null if the name is not registered.
   *
   * @throws FormatException if the codec throws, or returns an object of another class
   */
  @Nullable B read(String name, JsonFields in) {
    Codec<? extends B> codec = named(name);
    if (codec == null) {
      return null;
    }
    String where = "codec of " + kind + " " + name;
    Object made;
    try {
      made = codec.read().apply(in);
    } catch (FormatException e) {
      throw e; // an error of a key, with its position
    } catch (InvalidArgumentException e) {
      throw in.wrong(e.getMessage());
    } catch (OutOfMemoryError e) {
      throw e; // reported for the file as a whole
    } catch (Throwable e) {
      throw new FormatException(in.wrong(where + " threw " + text(e)).getMessage(), e);
    }
    if (made == null || made.getClass() != codec.type()) {
      String what = made == null ? "null" : "a " + made.getClass().getName();
      throw in.wrong(where + " returned " + what + ", not a " + codec.type().getName());
    }
    return codec.type().cast(made);
  }

  /**
   * Writes an object's name and values to {@code out}; returns false if its class is not
   * registered.
   *
   * @param place the object's position, for messages
   * @throws FormatException if the codec throws, or its values have no JSON form
   */
  boolean write(String place, Object object, ObjectNode out) {
    Codec<? extends B> codec = of(object.getClass());
    if (codec == null) {
      return false;
    }
    String where = place + ": codec of " + kind + " " + codec.name();
    out.put("type", codec.name());
    ObjectNode values;
    try {
      values = CodecNodes.of(codec.written(object));
    } catch (InvalidArgumentException e) {
      throw new FormatException(where + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable e) {
      throw new FormatException(where + " threw " + text(e), e);
    }
    for (String reserved : RESERVED) {
      if (values.has(reserved)) {
        throw new FormatException(where + ": key " + reserved + " is reserved");
      }
    }
    out.setAll(values);
    return true;
  }

  /** Returns the message about a type that is neither built-in nor registered. */
  static String unknown(String type, List<String> builtIn, String register) {
    String shown = type.length() <= 40 ? type : type.substring(0, 40) + "...";
    return "\""
        + shown
        + "\" is neither built-in nor registered with "
        + register
        + "; nearest built-in types: "
        + String.join(", ", NearNames.nearest(type, builtIn, NEAREST));
  }

  /** Returns an exception's text, or its class if its own {@code toString} throws. */
  private static String text(Throwable e) {
    try {
      return e.toString();
    } catch (RuntimeException | Error unreadable) {
      return e.getClass().getName();
    }
  }
}

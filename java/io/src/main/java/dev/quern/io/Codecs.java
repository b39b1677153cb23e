package dev.quern.io;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.CustomCodecs;
import dev.quern.io.json.LayerCodecs;
import dev.quern.io.json.LossJson;
import dev.quern.layer.CustomLayer;
import dev.quern.loss.CustomLoss;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The registry of custom layers and losses by their names in network descriptions, models and
 * checkpoints:
 *
 * <pre>{@code
 * record Swish(float beta) implements CustomLayer { ... }
 *
 * Codecs.layer(
 *     "acme.swish",
 *     Swish.class,
 *     swish -> Map.of("beta", swish.beta()),
 *     values -> new Swish((float) values.number("beta")));
 * }</pre>
 *
 * In a file, this layer is <code>{"type": "acme.swish", "beta": 1.5}</code>. A file can refer only
 * to registered classes: a name in a file never loads a class. If a codec throws an exception,
 * returns a value without a JSON form or creates an object of another class, reading or writing the
 * file throws a {@link dev.quern.error.FormatException}. Names with the application's own prefix
 * never collide with built-in names of later releases.
 *
 * <p>Values are strings, booleans, integers, finite numbers, and lists and maps of such values; the
 * keys {@code type}, {@code name} and {@code inputs} are reserved. Registrations apply to the whole
 * process. All methods are thread-safe; codecs must also be thread-safe.
 */
public final class Codecs {
  private static final int LONGEST = 100;

  private Codecs() {}

  /**
   * Registers a class of custom layers; registering the same class again replaces its functions.
   *
   * @param name words of letters, digits and {@code _}, separated by dots; at most 100 characters
   * @param type a concrete class; only layers of exactly this class are written, not of subclasses
   * @param write a function that returns a layer's values by key
   * @param read a function that creates a layer from its values; if it throws an {@link
   *     InvalidArgumentException}, the message becomes part of the file's error
   * @throws InvalidArgumentException if the name belongs to a built-in layer or another class, or
   *     the class is registered under another name
   */
  public static <L extends CustomLayer> void layer(
      String name,
      Class<L> type,
      Function<? super L, ? extends Map<String, ?>> write,
      Function<? super CodecValues, ? extends L> read) {
    put(LayerCodecs.CUSTOM, LayerCodecs.types(), CustomLayer.class, name, type, write, read);
  }

  /**
   * Registers a class of custom losses, like {@link #layer} for layers.
   *
   * @throws InvalidArgumentException if the name belongs to a built-in loss or another class, or
   *     the class is registered under another name
   */
  public static <L extends CustomLoss> void loss(
      String name,
      Class<L> type,
      Function<? super L, ? extends Map<String, ?>> write,
      Function<? super CodecValues, ? extends L> read) {
    put(LossJson.CUSTOM, LossJson.types(), CustomLoss.class, name, type, write, read);
  }

  /** Removes the registration of a layer or loss, and returns whether the name was registered. */
  public static boolean remove(String name) {
    Require.present("codec", "name", name);
    return LayerCodecs.CUSTOM.remove(name) | LossJson.CUSTOM.remove(name);
  }

  /** Returns the names of registered layers, in alphabetical order. */
  public static List<String> layers() {
    return LayerCodecs.CUSTOM.names();
  }

  /** Returns the names of registered losses, in alphabetical order. */
  public static List<String> losses() {
    return LossJson.CUSTOM.names();
  }

  private static <B, L extends B> void put(
      CustomCodecs<B> codecs,
      List<String> builtIn,
      Class<B> kind,
      String name,
      Class<L> type,
      Function<? super L, ? extends Map<String, ?>> write,
      Function<? super CodecValues, ? extends L> read) {
    requireName(Require.present("codec", "name", name));
    Require.present("codec", "type", type);
    Require.present("codec", "write", write);
    Require.present("codec", "read", read);
    if (builtIn.contains(name)) {
      throw new InvalidArgumentException("codec: " + name + " is a built-in name");
    }
    if (!kind.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
      throw new InvalidArgumentException(
          "codec: " + type.getName() + " must be a concrete subclass of " + kind.getSimpleName());
    }
    codecs.put(name, type, write, in -> read.apply(new CodecValues(in)));
  }

  private static void requireName(String name) {
    boolean good = name.length() <= LONGEST;
    boolean begun = false;
    for (int i = 0; good && i < name.length(); i++) {
      char c = name.charAt(i);
      good = c == '.' ? begun : c == '_' || c < 128 && Character.isLetterOrDigit(c);
      begun = c != '.';
    }
    if (!good || !begun) {
      String shown =
          name.length() > LONGEST ? "a name of " + name.length() + " characters" : '"' + name + '"';
      throw new InvalidArgumentException(
          "codec: "
              + shown
              + " is not a valid name (words of letters, digits and _, separated by dots, at most "
              + LONGEST
              + " characters)");
    }
  }
}

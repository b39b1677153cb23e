package dev.quern.io;

import dev.quern.error.InvalidArgumentException;
import dev.quern.io.file.Require;
import dev.quern.io.json.CustomCodecs;
import dev.quern.io.json.LayerCodecs;
import dev.quern.io.json.LossJson;
import dev.quern.layer.CustomLayer;
import dev.quern.loss.Loss;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The names under which layers and losses of the application's own stand in network descriptions,
 * models and checkpoints:
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
 * In a file that layer is <code>{"type": "acme.swish", "beta": 1.5}</code>. A file can name only
 * what the application has registered before: no class is made because a file names it. A codec
 * that throws, gives what is no JSON, or makes something else than its class is a {@link
 * dev.quern.error.FormatException} of the file that is read or written. Names with the
 * application's own prefix never meet those of later releases.
 *
 * <p>Values are texts, truth values, whole numbers, finite numbers, lists and maps of such; {@code
 * type}, {@code name} and {@code inputs} are not free as keys. Registered for the whole process;
 * all methods may be called from any thread, and codecs must be as safe.
 */
public final class Codecs {
  private static final int LONGEST = 100;

  private Codecs() {}

  /**
   * Registers a class of layers; once more is fine, and replaces its functions.
   *
   * @param name words of letters, digits and {@code _}, with dots between; 100 characters at most
   * @param type a class that is not abstract; layers of exactly this class are written
   * @param write a layer's values by key
   * @param read the layer of such values; what it refuses with an {@link InvalidArgumentException}
   *     becomes part of the file's error
   * @throws InvalidArgumentException if the name is a built-in layer's or another class's, or the
   *     class has another name
   */
  public static <L extends CustomLayer> void layer(
      String name,
      Class<L> type,
      Function<? super L, ? extends Map<String, ?>> write,
      Function<? super CodecValues, ? extends L> read) {
    put(LayerCodecs.CUSTOM, LayerCodecs.types(), CustomLayer.class, name, type, write, read);
  }

  /**
   * {@link #layer} of a class of losses.
   *
   * @throws InvalidArgumentException if the name is a built-in loss's or another class's, or the
   *     class has another name or is built-in itself
   */
  public static <L extends Loss> void loss(
      String name,
      Class<L> type,
      Function<? super L, ? extends Map<String, ?>> write,
      Function<? super CodecValues, ? extends L> read) {
    put(LossJson.CUSTOM, LossJson.types(), Loss.class, name, type, write, read);
  }

  /** Forgets a name, of a layer or a loss; whether there was one. */
  public static boolean remove(String name) {
    Require.present("codec", "name", name);
    return LayerCodecs.CUSTOM.remove(name) | LossJson.CUSTOM.remove(name);
  }

  /** The names of layers that are registered, in alphabetical order. */
  public static List<String> layers() {
    return LayerCodecs.CUSTOM.names();
  }

  /** The names of losses that are registered, in alphabetical order. */
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
    boolean ours = type.getModule() == Loss.class.getModule() && isIn(type, "dev.quern.loss");
    if (!kind.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers()) || ours) {
      throw new InvalidArgumentException(
          "codec: "
              + type.getName()
              + " is no class of the application's own, not abstract, that is a "
              + kind.getSimpleName());
    }
    codecs.put(name, type, write, in -> read.apply(new CodecValues(in)));
  }

  private static boolean isIn(Class<?> type, String packageName) {
    return type.getPackageName().equals(packageName);
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
      String shown = name.length() > LONGEST ? "a text of " + name.length() : '"' + name + '"';
      throw new InvalidArgumentException(
          "codec: "
              + shown
              + " is no name (letters, digits, _ and dots between, "
              + LONGEST
              + " at most)");
    }
  }
}

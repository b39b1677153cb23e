package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.JsonFields;
import java.util.List;

/**
 * The values of a custom layer or loss in a file, by key. Each getter reads a mandatory key or,
 * with a second argument, an optional key with that default. Keys that the codec does not read are
 * rejected. Errors are a {@link FormatException} that names the object's position in the file and
 * the key. Not thread-safe.
 */
public final class CodecValues {
  private final JsonFields in;

  CodecValues(JsonFields in) {
    this.in = in;
  }

  public boolean has(String key) {
    return in.has(name(key));
  }

  public String text(String key) {
    return in.text(name(key));
  }

  public String text(String key, String otherwise) {
    return in.text(name(key), otherwise);
  }

  public boolean flag(String key, boolean otherwise) {
    return in.flag(name(key), otherwise);
  }

  /** Reads a 32-bit integer. */
  public int integer(String key) {
    return in.integer(name(key));
  }

  /** Reads a 32-bit integer. */
  public int integer(String key, int otherwise) {
    return in.integer(name(key), otherwise);
  }

  /** Returns a number. A float that was written is restored exactly by a cast to float. */
  public double number(String key) {
    return in.real(name(key));
  }

  /** Returns a number. A float that was written is restored exactly by a cast to float. */
  public double number(String key, double otherwise) {
    return in.real(name(key), otherwise);
  }

  /** Returns a list of numbers. */
  public double[] numbers(String key) {
    return in.reals(name(key));
  }

  /** Returns a list of strings. */
  public List<String> texts(String key) {
    return in.texts(name(key));
  }

  /** Returns the nested values that were written under a key. */
  public CodecValues values(String key) {
    return new CodecValues(in.object(name(key)));
  }

  private static String name(String key) {
    return Require.present("codec", "key", key);
  }
}

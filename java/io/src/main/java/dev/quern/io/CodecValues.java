package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.JsonFields;
import java.util.List;

/**
 * The values of a custom layer or loss in a file, by key. Each getter reads a required key or, if
 * called with a default value, an optional key. Keys that the codec does not read are rejected.
 * Errors are {@link FormatException}s that name the object's position in the file and the key. Not
 * thread-safe.
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

  /** Reads a required 32-bit integer. */
  public int integer(String key) {
    return in.integer(name(key));
  }

  /** Reads an optional 32-bit integer; returns {@code otherwise} if the key is missing. */
  public int integer(String key, int otherwise) {
    return in.integer(name(key), otherwise);
  }

  /**
   * Reads a required number. If it was written from a float, casting the result to float restores
   * that float exactly.
   */
  public double number(String key) {
    return in.real(name(key));
  }

  /**
   * Reads an optional number; returns {@code otherwise} if the key is missing. If the number was
   * written from a float, casting the result to float restores that float exactly.
   */
  public double number(String key, double otherwise) {
    return in.real(name(key), otherwise);
  }

  /** Reads a required list of numbers. */
  public double[] numbers(String key) {
    return in.reals(name(key));
  }

  /** Reads a required list of strings. */
  public List<String> texts(String key) {
    return in.texts(name(key));
  }

  /** Reads a required map of nested values. */
  public CodecValues values(String key) {
    return new CodecValues(in.object(name(key)));
  }

  private static String name(String key) {
    return Require.present("codec", "key", key);
  }
}

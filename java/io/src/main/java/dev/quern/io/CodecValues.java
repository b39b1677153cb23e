package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.internal.arguments.Require;
import dev.quern.io.json.JsonFields;
import java.util.List;

/**
 * The values of a custom layer or loss in a file, by key, as its codec wrote them. Each getter
 * takes a mandatory key, or with a second argument an optional one and its default. Keys that the
 * codec does not read are rejected as misspelt. Every error is a {@link FormatException} that names
 * the object's place in the file and the key. Not thread-safe.
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

  /** A list of numbers. */
  public double[] numbers(String key) {
    return in.reals(name(key));
  }

  /** A list of texts. */
  public List<String> texts(String key) {
    return in.texts(name(key));
  }

  /** The values of a map that was written as one value. */
  public CodecValues values(String key) {
    return new CodecValues(in.object(name(key)));
  }

  private static String name(String key) {
    return Require.present("codec", "key", key);
  }
}

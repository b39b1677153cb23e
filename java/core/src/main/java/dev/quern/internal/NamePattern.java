package dev.quern.internal;

import dev.quern.error.InvalidArgumentException;
import java.util.Collection;
import java.util.regex.Pattern;

/** Dotted names with {@code *} for any run of characters, dots included. */
public final class NamePattern {
  private final Pattern regex;

  private NamePattern(String pattern) {
    regex = Pattern.compile(Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
  }

  /**
   * A pattern that matches at least one of these names, so that a misspelt one is not silently
   * without effect.
   *
   * @param what the setting, for the message
   */
  public static NamePattern of(String what, String pattern, Collection<String> names) {
    NamePattern p = new NamePattern(Require.present(what, "pattern", pattern));
    if (names.stream().noneMatch(p::matches)) {
      throw new InvalidArgumentException(
          what + ": pattern " + pattern + " matches none of " + String.join(", ", names));
    }
    return p;
  }

  public boolean matches(String name) {
    return regex.matcher(name).matches();
  }
}

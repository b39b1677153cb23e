package dev.quern.internal;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Collection;

/** Pattern for dotted names, in which {@code *} matches any characters, including dots. */
public final class NamePattern {
  /** A pattern that matches every name. */
  public static final NamePattern ANY = new NamePattern("*");

  private final String pattern;

  private NamePattern(String pattern) {
    this.pattern = pattern;
  }

  /**
   * Creates a pattern that must match at least one of these names, so that a misspelled pattern is
   * not ignored silently.
   *
   * @param what name of the setting, for the exception's message
   */
  public static NamePattern of(String what, String pattern, Collection<String> names) {
    NamePattern p = new NamePattern(Require.present(what, "pattern", pattern));
    if (names.stream().noneMatch(p::matches)) {
      throw new InvalidArgumentException(
          what + ": pattern " + pattern + " matches none of " + String.join(", ", names));
    }
    return p;
  }

  /** Returns whether a name matches. Backtracking is necessary only for the last star. */
  public boolean matches(String name) {
    int at = 0;
    int next = 0;
    int star = -1;
    int behindStar = 0;
    while (at < name.length()) {
      if (next < pattern.length() && pattern.charAt(next) == '*') {
        star = next++;
        behindStar = at;
      } else if (next < pattern.length() && pattern.charAt(next) == name.charAt(at)) {
        next++;
        at++;
      } else if (star >= 0) {
        next = star + 1;
        at = ++behindStar;
      } else {
        return false;
      }
    }
    while (next < pattern.length() && pattern.charAt(next) == '*') {
      next++;
    }
    return next == pattern.length();
  }
}

package dev.quern.internal;

/**
 * Rules for names of layers and parameters, and shortened strings for messages. Names are checked
 * by loops, because a regular expression with a repeated group needs a stack frame per repetition.
 */
public final class Names {
  /** Maximum length of a name, which limits the size of messages and files. */
  public static final int LONGEST = 255;

  /** Maximum length of a string within a line of a message. */
  private static final int LONGEST_IN_LINE = 60;

  private Names() {}

  /** Returns whether a name consists of 1 to {@link #LONGEST} letters, digits and _. */
  public static boolean isWord(String name) {
    return !name.isEmpty()
        && name.length() <= LONGEST
        && name.chars().allMatch(c -> isWordCharacter((char) c));
  }

  /**
   * Returns whether a name consists of words separated by dots. A word may contain hyphens, which
   * torchvision's RegNets have, but not begin with one.
   */
  public static boolean isPath(String name) {
    boolean good = name.length() <= LONGEST;
    boolean begun = false;
    for (int i = 0; good && i < name.length(); i++) {
      boolean dot = name.charAt(i) == '.';
      boolean hyphen = name.charAt(i) == '-';
      good = dot || hyphen ? begun : isWordCharacter(name.charAt(i));
      begun = !dot;
    }
    return good && begun;
  }

  private static boolean isWordCharacter(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
  }

  /** Returns a name for a message, shortened if it is long. */
  public static String shown(String name) {
    return name.length() <= LONGEST
        ? name
        : name.substring(0, 40) + "... of " + name.length() + " characters";
  }

  /** Returns a string for use within a line: without line breaks, and shortened if it is long. */
  public static String inLine(String text) {
    String begin =
        text.length() <= LONGEST_IN_LINE ? text : text.substring(0, LONGEST_IN_LINE) + "...";
    return begin.replaceAll("[\\p{Cc}\u2028\u2029]", "?");
  }
}

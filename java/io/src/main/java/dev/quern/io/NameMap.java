package dev.quern.io;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.io.file.RegularFile;
import dev.quern.io.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A mapping from the names of weights in a file to their names in a network. Its text consists of
 * lines {@code from = to}, or is a JSON object with the same content.
 *
 * <pre>{@code
 * # a name without a star is a prefix
 * module. =
 * head. = fc.
 * # a star matches any characters, which replace the star in the new name
 * *.norm.1.* = *.norm1.*
 * }</pre>
 *
 * If several lines match a name, the most specific one applies: the line whose left side has the
 * most characters, not counting stars. Among equally specific lines, the first applies. A name is
 * renamed only once. Names that no line matches are unchanged. Immutable and thread-safe.
 */
public final class NameMap {
  private static final String OPERATION = "names";

  /** The maximum size of a file in bytes, far more than any useful map needs. */
  private static final int MAX_BYTES = 1 << 20;

  /** The maximum number of lines, which limits the time for renaming. */
  private static final int MAX_LINES = 10_000;

  private static final int LONGEST_SHOWN = 60;

  private static final NameMap NONE = new NameMap(List.of());

  private final List<Rule> rules;

  private NameMap(List<Rule> rules) {
    this.rules = rules;
  }

  /** A line of the map. A pattern without a star is a prefix and gets a star at its end. */
  private record Rule(String from, List<String> pattern, List<String> to) {
    static Rule of(String from, String to) {
      boolean begin = !from.contains("*") && !to.contains("*");
      List<String> pattern = pieces(begin ? from + "*" : from);
      List<String> made = pieces(begin ? to + "*" : to);
      if (made.size() != pattern.size()) {
        throw new InvalidArgumentException(
            OPERATION
                + ": "
                + shown(from)
                + " = "
                + shown(to)
                + " must have the same number of stars on both sides");
      }
      return new Rule(from, pattern, made);
    }

    /** Splits a pattern at its stars. */
    private static List<String> pieces(String pattern) {
      return List.of(pattern.split("\\*", -1));
    }

    int length() {
      return pattern.stream().mapToInt(String::length).sum();
    }

    /**
     * Returns the new name; null if the pattern does not match. Each part between stars is matched
     * at its first occurrence.
     */
    String applied(String name) {
      int last = pattern.size() - 1;
      String end = pattern.get(last);
      if (last == 0) {
        return name.equals(end) ? to.get(0) : null;
      }
      if (!name.startsWith(pattern.get(0)) || name.length() < length() || !name.endsWith(end)) {
        return null;
      }
      StringBuilder made = new StringBuilder(to.get(0));
      int at = pattern.get(0).length();
      for (int i = 1; i <= last; i++) {
        boolean ends = i == last;
        int next = ends ? name.length() - end.length() : name.indexOf(pattern.get(i), at);
        if (next < at) {
          return null;
        }
        made.append(name, at, next).append(to.get(i));
        at = next + pattern.get(i).length();
      }
      return made.toString();
    }
  }

  /** Returns a text for use in messages, truncated if it is long. */
  private static String shown(String text) {
    return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
  }

  /** Returns an empty map, which leaves all names unchanged. */
  public static NameMap none() {
    return NONE;
  }

  /**
   * Returns a map with one line per entry.
   *
   * @param renames the new names by the old ones, in the order of the lines
   * @throws InvalidArgumentException if the two sides of a line differ in their number of stars, or
   *     there are more than 10,000 lines
   */
  public static NameMap of(Map<String, String> renames) {
    List<Rule> rules = new ArrayList<>();
    Require.all(OPERATION, "renames", renames).forEach((from, to) -> rules.add(Rule.of(from, to)));
    if (rules.size() > MAX_LINES) {
      throw new InvalidArgumentException(
          OPERATION + ": " + rules.size() + " lines exceed the limit of " + MAX_LINES);
    }
    return new NameMap(List.copyOf(rules));
  }

  /**
   * Parses lines of the form {@code from = to}, or a JSON object if the text begins with a brace.
   *
   * @throws FormatException if a line is not {@code from = to}, two lines have the same left side,
   *     or the two sides of a line differ in their number of stars
   */
  public static NameMap read(String text) {
    Require.present(OPERATION, "text", text);
    try {
      return of(
          text.stripLeading().startsWith("{") ? Json.readTexts(OPERATION, text) : lines(text));
    } catch (InvalidArgumentException e) {
      throw new FormatException(e.getMessage(), e);
    }
  }

  /**
   * Reads a map from a UTF-8 text file of at most 1 MiB. Throws the exceptions of {@link #read}
   * and:
   *
   * @throws dev.quern.error.NotFoundException if the file does not exist
   */
  public static NameMap load(Path file) {
    Require.present(OPERATION, "file", file);
    String text =
        Heap.within(
            OPERATION + ": " + file, () -> RegularFile.readText(OPERATION, file, MAX_BYTES));
    try {
      return read(text);
    } catch (FormatException e) {
      throw new FormatException(file + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> lines(String text) {
    Map<String, String> all = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.split("\\R", -1)) {
      number++;
      String said = line.strip();
      if (said.isEmpty() || said.startsWith("#")) {
        continue;
      }
      int at = said.indexOf('=');
      if (at < 0) {
        throw wrong(number, said, "is not FROM = TO");
      }
      String from = said.substring(0, at).strip();
      if (all.putIfAbsent(from, said.substring(at + 1).strip()) != null) {
        throw wrong(number, said, "renames the same name as an earlier line");
      }
    }
    return all;
  }

  private static FormatException wrong(int number, String line, String why) {
    return new FormatException(
        OPERATION + ": line " + number + ", \"" + shown(line) + "\", " + why);
  }

  /** Returns the name in the network for the name of a weight in the file. */
  public String renamed(String name) {
    Require.present(OPERATION, "name", name);
    Rule best = null;
    for (Rule r : rules) {
      if ((best == null || r.length() > best.length()) && r.applied(name) != null) {
        best = r;
      }
    }
    String made = best == null ? null : best.applied(name);
    return made == null ? name : made;
  }

  /**
   * Returns the left sides of the lines that match none of these names; such a left side may be
   * misspelled.
   */
  public List<String> unused(List<String> names) {
    List<String> all = new ArrayList<>(Require.present(OPERATION, "names", names));
    return rules.stream()
        .filter(r -> all.stream().noneMatch(n -> n != null && r.applied(n) != null))
        .map(Rule::from)
        .toList();
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Wording of messages and of the command line's help. A message states the value found and the rule
 * that it breaks ("is not an image"), in terms of the field ("image", not "picture").
 *
 * <p>Adjacent string literals are joined first, so that a phrase is found across a line break.
 */
class WordsTest {
  private static final Path ROOT = Path.of(System.getProperty("quern.root"));

  /** Phrases that no message has. */
  private static final Pattern BANNED =
      Pattern.compile(
          "\\b(is|are|was|were|be|what) (no|none)\\b(?! longer)"
              + "|\\bhas no(t one| one)\\b"
              + "|\\b[Pp]ictures? |( an?| the| of|[Nn]o) pictures?\\b"
              + "|\\b(is|are|was|were) (told|left)\\b"
              + "|\\b(goes|go|going) on (with|under|at|by|behind|without)\\b"
              + "|\\b(anew|likeliest|once more|asked for|whoever)\\b"
              + "|\\bno whole numbers?\\b"
              + "|\\bhas a twin\\b|\\bno twin\\b"
              + "|\\b(is|are) wanted\\b");

  private static final String LITERAL = "\"(?:\\\\.|[^\"\\\\\\n])*+\"";

  /** A comment, a character, a text block, or literals that only white space and + separate. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*|(?s:/\\*.*?\\*/)|'(?:\\\\.|[^'\\\\\\n])+'|(?s:\"\"\"(.*?)\"\"\")|("
              + LITERAL
              + "(?:\\s*+\\+?\\s*+"
              + LITERAL
              + ")*+)");

  @Test
  void messagesUseTheFieldsWords() throws IOException {
    List<String> bad = new ArrayList<>();
    int read = 0;
    for (Path file : sources()) {
      for (String text : literals(Files.readString(file))) {
        read++;
        if (isBad(text)) {
          bad.add(ROOT.relativize(file) + ": " + text);
        }
      }
    }
    assertThat(read).isGreaterThan(5000);
    assertThat(bad).as("messages in words of our own, see BANNED").isEmpty();
  }

  @Test
  void scannerFindsBannedPhrases() {
    String code =
        """
        // input is no image
        char quote = '"';
        throw new X("input " + n + " is "
            + "no image of one size");
        fail("%s no longer exists, or is no longer open");
        """;
    assertThat(literals(code).stream().filter(WordsTest::isBad))
        .containsExactly(" is no image of one size");
    assertThat(
            List.of("file x is no JSON", "is none of the classes", "a picture of 3", "[7] is told"))
        .allMatch(WordsTest::isBad);
    assertThat(List.of("is not one of", "has no samples", "picture", "is noted", "no pictures?"))
        .filteredOn(WordsTest::isBad)
        .containsExactly("no pictures?");
  }

  private static boolean isBad(String text) {
    return BANNED.matcher(text).find();
  }

  /** String literals of Java, C++ or JSON, each with those that are concatenated to it. */
  private static List<String> literals(String code) {
    List<String> all = new ArrayList<>();
    Matcher m = TOKEN.matcher(code);
    while (m.find()) {
      if (m.group(1) != null) {
        all.add(m.group(1));
      } else if (m.group(2) != null) {
        String inner = m.group(2).substring(1, m.group(2).length() - 1);
        all.add(inner.replaceAll("\"\\s*\\+?\\s*\"", ""));
      }
    }
    return all;
  }

  /** Sources of what is published, with the description of the server's API. */
  private static List<Path> sources() throws IOException {
    List<Path> all = new ArrayList<>();
    for (String folder : List.of("java", "native/src", "native/include")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
        files
            .filter(f -> f.toString().matches(".*[.](java|cpp|h|inc|json)"))
            .filter(f -> !folder.equals("java") || isProduct(ROOT.relativize(f)))
            .forEach(all::add);
      }
    }
    return all;
  }

  private static boolean isProduct(Path file) {
    return file.getNameCount() > 4 && file.subpath(2, 4).equals(Path.of("src", "main"));
  }
}

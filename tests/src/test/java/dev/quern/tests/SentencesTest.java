package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A sentence of the manual and of README.md begins with its subject or its condition, not with a
 * relative clause ("What follows ...", "Of two ...", "Where a file ...").
 */
class SentencesTest {
  /** At the begin of a paragraph, an item or a cell, or behind a sentence. */
  private static final Pattern BEGIN =
      Pattern.compile(
          "(?:^|(?<=[.:;?!] )|(?<=\\| )|(?<=^- ))((?:What|Who|Whose|Of|Where) [a-z]+)",
          Pattern.MULTILINE);

  @Test
  void sentencesBeginWithTheirSubject() throws IOException {
    List<String> pages = new ArrayList<>(Docs.manual());
    pages.add("README.md");
    pages.add("data/README.md");
    for (String page : pages) {
      assertThat(found(Files.readString(Docs.ROOT.resolve(page)))).as(page).isEmpty();
    }
  }

  @Test
  void othersAreFound() {
    assertThat(found("A model. Where a file\nis. Of two.\n- What is\n\nWho asks\n| a | Of all |\n"))
        .containsExactly("Where a", "Of two", "What is", "Who asks", "Of all");
    assertThat(found("```\nWhat is\n```\n`Where` is a layer: one of a kind.")).isEmpty();
  }

  private static List<String> found(String page) {
    String prose =
        page.replaceAll("(?s)```.*?```", "")
            .replaceAll("(?m)^    .*$", "")
            .replaceAll("(?m)^\\| `--.*$", ""); // the help of the options, which is the code's
    // a line break within a paragraph is a space
    Matcher m = BEGIN.matcher(prose.replaceAll("(?<!\n)\n(?![\n|#-])", " "));
    List<String> all = new ArrayList<>();
    while (m.find()) {
      all.add(m.group(1));
    }
    return all;
  }
}

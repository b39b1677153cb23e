package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tests.Markdown.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Relative links, anchors and images of all pages lead somewhere. */
class LinksTest {
  static List<Path> pages() throws IOException {
    List<Path> all = Markdown.all();
    assertThat(all)
        .contains(
            Docs.ROOT.resolve("README.md"),
            Docs.ROOT.resolve("CONTRIBUTING.md"),
            Docs.ROOT.resolve("data/README.md"),
            Docs.ROOT.resolve("java/cookbook/SPARK.md"),
            Docs.ROOT.resolve("java/manual/README.md"),
            Docs.ROOT.resolve("native/README.md"),
            Docs.ROOT.resolve("native/decisions/README.md"),
            Docs.ROOT.resolve("tests/SUITES.md"),
            Docs.ROOT.resolve("tests/bench/README.md"));
    return all;
  }

  @ParameterizedTest
  @MethodSource("pages")
  void linksLeadSomewhere(Path page) throws IOException {
    assertThat(dead(Markdown.of(page))).as("dead links of " + page).isEmpty();
  }

  @Test
  void deadLinksAndAnchorsAreFound(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("page.md");
    Files.writeString(
        page,
        """
        # A page: of `code` (two)

        [itself](#a-page-of-code-two), [the file](page.md#again-1), [no
        file](none.md), [no anchor](page.md#none), [elsewhere](https://example.org/#none)
        ![no image](none.png)

            [code](none)

        ```
        # no heading [code](none)
        ```

        ## Again
        ## Again
        """);
    assertThat(dead(Markdown.of(page))).containsExactly("none.md", "page.md#none", "none.png");
  }

  private static List<String> dead(Markdown page) throws IOException {
    List<String> dead = new ArrayList<>();
    for (Link link : page.links) {
      if (link.isRelative() && !leads(page, link)) {
        dead.add(link.target());
      }
    }
    return dead;
  }

  private static boolean leads(Markdown page, Link link) throws IOException {
    Path target = page.target(link);
    if (!Files.exists(target)) {
      return false;
    }
    return link.anchor().isEmpty() || Markdown.of(target).has(link.anchor());
  }
}

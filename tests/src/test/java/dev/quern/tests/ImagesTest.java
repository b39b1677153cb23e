package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.tests.Markdown.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** The images of README and manual: small, used, described, and made by the script beside them. */
class ImagesTest {
  private static final Path FOLDER = Docs.ROOT.resolve(Docs.MANUAL).resolve("images");
  private static final int MOST_BYTES = 300_000;
  private static final int MOST_WIDTH = 900;
  private static final int LEAST_TEXT = 30;

  private static List<Path> images() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.filter(file -> file.toString().endsWith(".png")).sorted().toList();
    }
  }

  @Test
  void areSmall() throws IOException {
    long bytes = 0;
    for (Path image : images()) {
      bytes += Files.size(image);
      assertThat(ImageIO.read(image.toFile()).getWidth())
          .as(image.toString())
          .isBetween(300, MOST_WIDTH);
    }
    assertThat(bytes).isPositive().isLessThan(MOST_BYTES);
  }

  @Test
  void areUsedAndDescribed() throws IOException {
    Set<Path> used = new HashSet<>();
    for (Path file : Markdown.all()) {
      Markdown page = Markdown.of(file);
      for (Link link : page.links) {
        if (link.isRelative() && page.target(link).startsWith(FOLDER)) {
          used.add(page.target(link));
          assertThat(link.text()).as(file + ": " + link.target()).hasSizeGreaterThan(LEAST_TEXT);
        }
      }
    }
    assertThat(images()).isNotEmpty().containsExactlyInAnyOrderElementsOf(used);
  }

  @Test
  void readmeShowsTwo() throws IOException {
    Markdown readme = Markdown.of(Docs.ROOT.resolve("README.md"));
    assertThat(readme.links.stream().map(readme::target))
        .contains(FOLDER.resolve("report.png"), FOLDER.resolve("detection.png"));
  }

  @Test
  void areMadeByTheScript() throws IOException {
    String script = Files.readString(FOLDER.resolve("make.sh"));
    for (Path image : images()) {
      String name = image.getFileName().toString().replace(".png", "");
      assertThat(script).contains("\nshot " + name + " ", " " + name + ".png");
    }
  }
}

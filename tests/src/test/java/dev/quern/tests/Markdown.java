package dev.quern.tests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown page of the project: headings with GitHub's anchors, and links outside code. */
final class Markdown {
  private static final Pattern HEADING = Pattern.compile("(#+) +(.*)");
  private static final Pattern LINK = Pattern.compile("\\[([^]\\[]*)]\\(([^)\\s]+)\\)");

  /**
   * @param level 1 for the page's title
   * @param line of the page, from 0
   */
  record Heading(int level, String text, String anchor, int line) {}

  /**
   * @param target as the page has it
   */
  record Link(String text, String target) {
    boolean isRelative() {
      return !target.matches("[a-z]+:.*");
    }

    String anchor() {
      return target.contains("#") ? target.substring(target.indexOf('#') + 1) : "";
    }
  }

  final Path file;
  final List<Heading> headings = new ArrayList<>();
  final List<Link> links = new ArrayList<>();
  private final List<String> lines;

  private Markdown(Path file) throws IOException {
    this.file = file;
    this.lines = Files.readAllLines(file);
    List<String> prose = new ArrayList<>();
    boolean code = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean fence = line.strip().startsWith("```");
      code ^= fence;
      if (!code && !fence) {
        prose.add(line.startsWith("    ") && !line.strip().startsWith("-") ? "" : line);
        addHeading(line, i);
      }
    }
    // a link's text may go on in the next line
    Matcher m = LINK.matcher(String.join("\n", prose).replaceAll("`[^`\n]*]\\([^`\n]*`", ""));
    while (m.find()) {
      links.add(new Link(m.group(1).replaceAll("\\s+", " ").replace("`", ""), m.group(2)));
    }
  }

  static Markdown of(Path file) throws IOException {
    return new Markdown(file);
  }

  /** All pages of the project that a clone has. */
  static List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> top = Files.list(Docs.ROOT)) {
      top.filter(Markdown::isPage).forEach(all::add);
    }
    for (String folder :
        List.of("data", "java/manual", "java/cookbook", "native", "tests", "tests/consumers")) {
      addPages(Docs.ROOT.resolve(folder), 2, all);
    }
    return all.stream().distinct().sorted().toList();
  }

  private static void addPages(Path folder, int depth, List<Path> to) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (isPage(file)) {
          to.add(file);
        } else if (depth > 1 && Files.isDirectory(file) && !file.endsWith("target")) {
          addPages(file, depth - 1, to);
        }
      }
    }
  }

  private static boolean isPage(Path file) {
    return file.toString().endsWith(".md");
  }

  private void addHeading(String line, int at) {
    Matcher m = HEADING.matcher(line);
    if (!m.matches()) {
      return;
    }
    String text = m.group(2).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1").replace("`", "").strip();
    String slug =
        text.toLowerCase(Locale.ROOT)
            .replaceAll("[^\\p{L}\\p{M}\\p{N}\\p{Pc} -]", "")
            .replace(' ', '-');
    Map<String, Integer> before = new HashMap<>();
    headings.forEach(h -> before.merge(h.anchor().replaceFirst("-\\d+$", ""), 1, Integer::sum));
    boolean taken = headings.stream().anyMatch(h -> h.anchor().equals(slug));
    headings.add(
        new Heading(m.group(1).length(), text, taken ? slug + "-" + before.get(slug) : slug, at));
  }

  boolean has(String anchor) {
    return headings.stream().anyMatch(h -> h.anchor().equals(anchor));
  }

  /** The file that a relative link of this page leads to. */
  Path target(Link link) {
    String path = link.target().replaceFirst("#.*", "");
    return path.isEmpty() ? file : file.resolveSibling(path).normalize();
  }

  /** The text below a heading, with that of the headings below it; all of the page without one. */
  String section(String anchor) {
    if (anchor.isEmpty()) {
      return String.join("\n", lines);
    }
    Heading from =
        headings.stream().filter(h -> h.anchor().equals(anchor)).findFirst().orElseThrow();
    int to =
        headings.stream()
            .filter(h -> h.line() > from.line() && h.level() <= from.level())
            .mapToInt(Heading::line)
            .findFirst()
            .orElse(lines.size());
    return String.join("\n", lines.subList(from.line(), to));
  }
}

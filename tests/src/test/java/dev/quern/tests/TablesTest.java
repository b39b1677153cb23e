package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Main;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine.Command;

/**
 * Tables of the manual that follow from the code are equal to it. {@code -Dquern.tables=write}
 * writes those of {@link Table}.
 */
class TablesTest {
  /** A table that the build writes: all rows behind its head. */
  enum Table {
    LAYERS(
        "networks.md", "| type | options, each with its default |\n|---|---|\n", LayerRows::rows),
    OPTIONS("command-line.md", "| option of `quern train` | |\n|---|---|\n", OptionRows::rows),
    ONNX("onnx.md", "| ONNX operators | at import |\n|---|---|\n", OnnxRows::rows);

    private final Path page;
    private final String head;
    private final Callable<String> rows;

    Table(String page, String head, Callable<String> rows) {
      this.page = Docs.ROOT.resolve(Docs.MANUAL).resolve(page);
      this.head = head;
      this.rows = rows;
    }
  }

  @ParameterizedTest
  @EnumSource
  void isThatOfTheCode(Table table) throws Exception {
    String page = Files.readString(table.page);
    assertThat(page).contains(table.head);
    int from = page.indexOf(table.head) + table.head.length();
    int to = page.indexOf("\n\n", from - 1) + 1;
    if ("write".equals(System.getProperty("quern.tables"))) {
      Files.writeString(
          table.page, page.substring(0, from) + table.rows.call() + page.substring(to));
      return;
    }
    assertThat(page.substring(from, to)).isEqualTo(table.rows.call());
  }

  @Test
  void environmentVariablesAreThoseThatTheCodeReads() throws IOException {
    String page = Files.readString(Docs.ROOT.resolve("java/manual/deployment.md"));
    assertThat(names(page, "^\\| `(QUERN_[A-Z_]+)` \\|")).isEqualTo(read());
  }

  @Test
  void commandsAreThoseOfTheCommandLine() throws Exception {
    Field field = Main.class.getDeclaredField("COMMANDS");
    field.setAccessible(true);
    Set<String> commands = new TreeSet<>();
    for (Object command : (List<?>) field.get(null)) {
      commands.add(((Class<?>) command).getAnnotation(Command.class).name());
    }
    commands.remove("help");
    String page = Files.readString(Docs.ROOT.resolve("java/manual/command-line.md"));
    assertThat(names(page, "^\\| `quern ([a-z-]+)[ `]")).isEqualTo(commands);
  }

  /** Names in string literals of the Java and C++ code that is not a test. */
  private static Set<String> read() throws IOException {
    Set<String> read = new TreeSet<>();
    try (Stream<Path> modules = Files.list(Docs.ROOT.resolve("java"))) {
      for (Path module : modules.filter(m -> Files.exists(m.resolve("src/main"))).toList()) {
        addNames(module.resolve("src/main"), ".*\\.java", read);
      }
    }
    addNames(Docs.ROOT.resolve("native/src"), ".*\\.(cpp|h|inc)", read);
    return read;
  }

  private static void addNames(Path folder, String kind, Set<String> to) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().matches(kind)).toList()) {
        to.addAll(names(Files.readString(file), "\"(QUERN_[A-Z_]+)\""));
      }
    }
  }

  private static Set<String> names(String text, String pattern) {
    return Pattern.compile(pattern, Pattern.MULTILINE)
        .matcher(text)
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}

package dev.quern.tests.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** JavaCPP's code comes in another order with each JVM; the build sorts it. */
class GlueTest {
  private static final Pattern ROW = Pattern.compile("^ {8}\\{ \"sizeof\", (.*) \\}");

  static List<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(Published.ROOT.resolve("native/target"))) {
      return all.filter(f -> f.toString().matches(".*/jni(quern|javacpp)\\.cpp")).toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void isSorted(Path file) throws Exception {
    List<String> lines = Files.readAllLines(file);
    assertThat(lines)
        .filteredOn(l -> l.contains(" JNICALL Java_") && l.endsWith("{"))
        .extracting(l -> l.substring(l.indexOf(" JNICALL Java_")))
        .hasSizeGreaterThan(100)
        .isSorted();
    for (String line : lines) {
      Matcher row = ROW.matcher(line);
      if (row.find()) {
        assertThat(row.group(1).split(", ")).isSorted();
      }
    }
  }
}

package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Classes whose names java.awt has, too, are imported by name: a reader adds java.awt.* to read
 * images.
 */
class CookbookImportsTest {
  private static final Pattern AMBIGUOUS = Pattern.compile("\\b(Image|Shape|List)\\b(?=[ <.(])");

  @ParameterizedTest
  @MethodSource("dev.quern.tests.CookbookTest#programs")
  void ambiguousNamesAreImportedByName(Path program) throws IOException {
    String text = Files.readString(program);
    assertThat(text).doesNotContain("import java.util.*;");
    String code =
        text.lines()
            .filter(l -> !l.startsWith("import "))
            .map(l -> l.replaceAll("//.*|\"[^\"]*\"", ""))
            .reduce("", (a, b) -> a + b + "\n");
    AMBIGUOUS
        .matcher(code.replaceAll("(?s)/\\*.*?\\*/", ""))
        .results()
        .map(m -> m.group(1))
        .distinct()
        .forEach(n -> assertThat(text).containsPattern("import [a-z.]+[.]" + n + ";"));
  }
}

package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each function of {@code quern.h} is called in one place, and that is where native code is. */
class NativeCallsTest {
  private static final Path SOURCES =
      Path.of(System.getProperty("quern.root"), "java", "core", "src", "main", "java");

  private static final Pattern CALL = Pattern.compile("\\bQuern\\s*(?:[.]|::)\\s*(quern_\\w+)");

  /** Another way to name them, which the pattern would not see. */
  private static final Pattern STATIC_IMPORT = Pattern.compile("import static .*bindings[.]Quern");

  private static Map<String, List<String>> places() throws IOException {
    Map<String, List<String>> places = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        assertThat(STATIC_IMPORT.matcher(text).find()).as(file.toString()).isFalse();
        for (Matcher m = CALL.matcher(text); m.find(); ) {
          String where = SOURCES.relativize(file).toString().replace('\\', '/');
          places.computeIfAbsent(m.group(1), name -> new ArrayList<>()).add(where);
        }
      }
    }
    return places;
  }

  @Test
  void eachFunctionIsCalledInOnePlace() throws IOException {
    assertThat(places()).hasSizeGreaterThan(50).allSatisfy((n, in) -> assertThat(in).hasSize(1));
  }

  @Test
  void kernelsAndInternalsCallThem() throws IOException {
    assertThat(places())
        .allSatisfy(
            (name, in) ->
                assertThat(in.get(0))
                    .containsPattern("^dev/quern/(kernel|internal)/(\\w+/)?\\w+[.]java$"));
  }
}

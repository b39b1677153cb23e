package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameMapTest {
  @TempDir Path temp;

  @Test
  void beginsAndStarsAreRenamed() {
    NameMap map =
        NameMap.read(
            """
            # what the trainer put before everything
            module. =
              head.   =  fc.
            module.head.bias = last
            *.norm.1.* = *.norm1.*
            a*b*c = c*b*a
            """);
    assertThat(map.renamed("module.conv1.weight")).isEqualTo("conv1.weight");
    assertThat(map.renamed("head.weight")).isEqualTo("fc.weight");
    assertThat(map.renamed("module.head.weight")).isEqualTo("head.weight"); // once only
    assertThat(map.renamed("module.head.bias")).isEqualTo("last");
    assertThat(map.renamed("block.norm.1.weight")).isEqualTo("block.norm1.weight");
    assertThat(map.renamed("a1b2c")).isEqualTo("c1b2a");
    assertThat(map.renamed("abc")).isEqualTo("cba");
    for (String same : List.of("", "conv", "xhead.", "norm.1.weight", "a1c", "ab")) {
      assertThat(map.renamed(same)).isEqualTo(same);
    }
    assertThat(map.unused(List.of("head.x", "abc")))
        .containsExactly("module.", "module.head.bias", "*.norm.1.*");
  }

  @Test
  void theLineWithMostCharactersIsTakenThenTheFirst() {
    NameMap map = NameMap.read("a. = 1.\n*.b = *.2\na.* = 3.*\na.b = 4\n = x.");
    assertThat(map.renamed("a.c")).isEqualTo("1.c");
    assertThat(map.renamed("c.b")).isEqualTo("c.2");
    assertThat(map.renamed("a.b")).isEqualTo("4");
    assertThat(map.renamed("q")).isEqualTo("x.q");
    assertThat(NameMap.none().renamed("q")).isEqualTo("q");
  }

  @Test
  void aStarNeverTakesCharactersTwice() {
    NameMap map = NameMap.of(Map.of("ab*ba", "*", "x*y*y", "*-*"));
    assertThat(map.renamed("aba")).isEqualTo("aba");
    assertThat(map.renamed("abba")).isEmpty();
    assertThat(map.renamed("xy")).isEqualTo("xy");
    assertThat(map.renamed("x1y2y3y")).isEqualTo("1-2y3");
  }

  @Test
  void jsonIsReadToo() throws IOException {
    Path file =
        Files.writeString(temp.resolve("map.json"), " {\"module.\": \"\", \"*.g\": \"*.h\"}");
    NameMap map = NameMap.load(file);
    assertThat(map.renamed("module.x")).isEqualTo("x");
    assertThat(map.renamed("x.g")).isEqualTo("x.h");
  }

  @Test
  void whatIsNoMapIsRefused() throws IOException {
    assertFormat("a = b\n\nabc", "names: line 3, \"abc\", is not FROM = TO");
    assertFormat("a = b\r\na=c", "line 2, \"a=c\", renames the same name as an earlier line");
    assertFormat("a* = b", "a* = b must have the same number of stars on both sides");
    assertFormat("a = b*", "stars");
    assertFormat("{\"a\": 1, \"a\": 2}", "not JSON");
    assertFormat("{\"a\": null}", "null");
    assertThatThrownBy(() -> NameMap.read(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> NameMap.of(Map.of("a*", "")))
        .isInstanceOf(InvalidArgumentException.class);
    Map<String, String> many = new LinkedHashMap<>();
    for (int i = 0; i <= 10_000; i++) {
      many.put("n" + i, "");
    }
    assertThatThrownBy(() -> NameMap.of(many))
        .hasMessage("names: 10001 lines exceed the limit of 10000");
    assertThatThrownBy(() -> NameMap.load(temp.resolve("none")))
        .isInstanceOf(NotFoundException.class);
    Path file = Files.write(temp.resolve("latin1"), new byte[] {(byte) 0xe9});
    assertThatThrownBy(() -> NameMap.load(file)).isInstanceOf(FormatException.class);
    Files.writeString(file, "one");
    assertThatThrownBy(() -> NameMap.load(file)).hasMessageStartingWith(file + ": names: line 1");
  }

  private static void assertFormat(String text, String part) {
    assertThatThrownBy(() -> NameMap.read(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(part);
  }
}

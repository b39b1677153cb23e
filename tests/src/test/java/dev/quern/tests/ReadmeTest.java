package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README is short, and its program runs as it stands. */
class ReadmeTest {
  private static final String PAGE = "README.md";
  @TempDir Path folder;

  @Test
  void isShort() throws Exception {
    assertThat(Files.readAllLines(Docs.ROOT.resolve(PAGE))).hasSizeLessThanOrEqualTo(150);
  }

  @Test
  void programTrains() throws Exception {
    Path source = folder.resolve("Example.java");
    Files.writeString(source, Docs.blocks(PAGE, "java").get(0));
    String text = Docs.run(Docs.ROOT, source);
    Files.delete(Docs.ROOT.resolve("example.safetensors"));
    assertThat(text.lines()).hasSize(5).first().asString().startsWith("epoch 1/3 loss ");
    Matcher accuracy = Pattern.compile("accuracy=(0\\.\\d+)").matcher(text);
    assertThat(accuracy.find()).as(text).isTrue();
    assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.75);
  }
}

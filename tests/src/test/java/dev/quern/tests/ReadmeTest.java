package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** README is short, and its programs run as they stand. */
class ReadmeTest {
  private static final String PAGE = "README.md";
  @TempDir Path folder;

  @Test
  void isShort() throws Exception {
    assertThat(Files.readAllLines(Docs.ROOT.resolve(PAGE))).hasSizeLessThanOrEqualTo(165);
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

  @Test
  void aFolderOfPicturesTrains() throws Exception {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (String name : List.of("cat", "dog")) {
      Path classDir = Files.createDirectories(folder.resolve("photos").resolve(name));
      for (int i = 0; i < 5; i++) {
        ImageIO.write(image, "png", classDir.resolve(i + ".png").toFile());
      }
      image.createGraphics().fillRect(0, 0, 40, 30); // those of the second class are white
    }
    Path source = folder.resolve("Pets.java");
    Files.writeString(source, Docs.program("Pets", Docs.blocks(PAGE, "java").get(1)));
    assertThat(Docs.run(folder, source, folder.toString()))
        .startsWith("{cat=5, dog=5} Evaluation[accuracy=1.0, ");
  }
}

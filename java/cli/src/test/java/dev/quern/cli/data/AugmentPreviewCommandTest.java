package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.ShapeFiles;
import dev.quern.data.Dataset;
import dev.quern.data.Image;
import dev.quern.io.DatasetFile;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AugmentPreviewCommandTest {
  @TempDir Path dir;

  /** Of the sample in the sources. */
  private static Cli.Result preview(Object... more) {
    return Cli.run(List.of("augment-preview", "--data-dir", "../../data"), more);
  }

  @Test
  void drawsImagesBeforeAndAfter() throws IOException {
    Path file = dir.resolve("sheet.png");
    Object[] first = {"--crop", 3, "--flip", "--augment", "rotation:20", "--out", file};
    assertThat(preview(first).succeeds().out())
        .isEqualTo("8 images of fashion-mnist-sample: " + file + System.lineSeparator());
    Image sheet = Image.read(file);
    assertThat(sheet.shape()).isEqualTo(Shape.of(1, 8 * 88 + 4, 8 * 88 + 4));
    byte[] before = Files.readAllBytes(file);
    preview(first).succeeds();
    assertThat(file).hasBinaryContent(before);
    preview("--seed", 2, "--crop", 3, "--out", file).succeeds();
    assertThat(Files.readAllBytes(file)).isNotEqualTo(before);
    preview("--out", file).succeeds();
    byte[] pixels = Image.read(file).pixels();
    for (int i = 0; i < 88 - 4; i++) { // nothing happens to images: all columns are the first
      int row = (4 + 30) * (8 * 88 + 4);
      assertThat(pixels[row + 4 + 3 * 88 + i]).isEqualTo(pixels[row + 4 + i]);
    }
  }

  @Test
  void drawsAFolderOfPictures() throws IOException {
    Path shapes = ShapeFiles.write(dir.resolve("shapes"), 30, 1);
    Path file = dir.resolve("sheet.png");
    assertThat(
            Cli.run("augment-preview", "--data", shapes, "--flip", "--out", file).succeeds().out())
        .startsWith("8 images of shapes: ");
    int side = 8 * (3 * 28 + 4) + 4; // lenet's input, three times as large
    assertThat(Image.read(file).shape()).isEqualTo(Shape.of(3, side, side));
    Cli.run("augment-preview", "--data", shapes, "--size", "24x32", "--out", file).succeeds();
    assertThat(Image.read(file).shape())
        .isEqualTo(Shape.of(3, 8 * (3 * 24 + 4) + 4, 8 * (3 * 32 + 4) + 4));
    preview("--size", "24x32", "--out", file).isRefused("--size requires an image folder");
  }

  @Test
  void refusesWhatCannotBeDrawn() throws IOException {
    assertThat(Cli.run("augment-preview").err()).contains("--out");
    Path out = dir.resolve("x.png");
    preview("--crop", 28, "--out", out).fails("padding 28 of random crop must be less");
    Path rows = dir.resolve("rows.safetensors");
    Dataset data =
        Dataset.of("rows", Shape.of(3), List.of("a", "b"), new byte[6], new int[] {0, 1});
    DatasetFile.save(rows, data);
    Cli.run("augment-preview", "--data", rows, "--out", out).fails("are not images");
    preview("--out", rows.resolve("x.png")).fails("cannot write");
    Path folder = Files.createDirectories(dir.resolve("folder.png"));
    preview("--out", folder).fails("cannot write", "it is a folder");
    assertThat(folder).isDirectory();
    preview("--out", "/").fails("cannot write", "it is a folder");
  }
}

package dev.quern.cli.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.cli.Cli;
import dev.quern.cli.ShapeFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders of images with other files beside them. */
class OtherFilesTest {
  @TempDir Path dir;

  private Cli.Result train(Path data) {
    return Cli.run(
        "train", "--data", data, "--size", 16, "--epochs", 1, "--out", dir.resolve("run"));
  }

  @Test
  void filesThatNoReaderReadsAreCounted() throws IOException {
    Path shapes = ShapeFiles.write(dir.resolve("shapes"), 30, 1);
    Files.writeString(shapes.resolve("circle/a.HEIC"), "");
    Files.writeString(shapes.resolve("square/b.heic"), "");
    Files.writeString(shapes.resolve("square/notes.txt"), "");
    Files.writeString(shapes.resolve("square/.hidden"), "");
    assertThat(train(shapes).succeeds().lines().get(0))
        .isEqualTo(
            "shapes: 30 images of 3 classes: circle 10, square 10, triangle 10; 3 files not read:"
                + " .heic 2, .txt 1");
  }

  @Test
  void aFolderOfOtherFilesAloneSaysWhatTheyAre() throws IOException {
    Path cats = Files.createDirectories(dir.resolve("pets/cat"));
    Files.writeString(cats.resolve("a.heic"), "");
    Files.writeString(cats.resolve("README"), "");
    train(dir.resolve("pets"))
        .fails("images for each class; 2 files not read: ", ".heic 1", "no ending 1");
    Cli.run("predict", "--model", dir.resolve("none"), cats).fails("none does not exist");
  }

  @Test
  void arraysBesideClassFoldersAreNotRead() throws IOException {
    Path shapes = ShapeFiles.write(dir.resolve("shapes"), 30, 1);
    Files.write(shapes.resolve("labels.npy"), labels());
    Cli.Result r = train(shapes);
    assertThat(r.status()).isZero();
    assertThat(r.lines().get(0)).startsWith("shapes: 30 images of 3 classes");
    assertThat(r.err().lines())
        .containsExactly(
            "quern: note: "
                + shapes
                + " contains image folders and array files: only the images are read; to read the"
                + " arrays, move their files to another folder");
  }

  @Test
  void arraysBesideOneFolderOfFiguresAreRead() throws IOException {
    Path data = Files.createDirectories(dir.resolve("data"));
    ShapeFiles.write(data.resolve("figures"), 3, 1);
    Files.write(data.resolve("labels.npy"), labels());
    Cli.run("train", "--data", data).fails("arrays: " + data + " has samples []");
  }

  private static byte[] labels() {
    String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n";
    return ByteBuffer.allocate(10 + header.length() + 4)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .put((byte) header.length())
        .put((byte) 0)
        .put(header.getBytes(java.nio.charset.StandardCharsets.US_ASCII))
        .array();
  }
}

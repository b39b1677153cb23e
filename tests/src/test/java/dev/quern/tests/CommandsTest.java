package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.fixtures.Fixtures;
import dev.quern.io.DatasetFile;
import dev.quern.io.ModelFile;
import dev.quern.network.Networks;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The commands that pages show run one after the other, as they stand, in an empty folder. The
 * pages of the manual run together in the order of its index: later ones use the models of earlier
 * ones.
 */
class CommandsTest {
  @TempDir Path folder;

  static List<List<String>> pages() throws IOException {
    return List.of(Docs.manual(), List.of("data/README.md"), List.of("README.md"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void run(List<String> pages) throws Exception {
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    ImageIO.write(image, "png", folder.resolve("shirt.png").toFile());
    pets(Files.createDirectory(folder.resolve("pets")));
    photos(folder.resolve("photos"));
    Files.writeString(
        folder.resolve("space.json"), Docs.block("java/manual/training.md", "json", "\"log\": ["));
    birds(folder.resolve("birds.npz"));
    flowers(folder.resolve("flowers.csv"));
    // a model's file has the weights under their names, as another library's has
    ModelFile.save(
        folder.resolve("weights.safetensors"),
        ModelData.untrained(Networks.byName("mobilenet_v2"), 1));
    List<String> commands = new ArrayList<>();
    for (String page : pages) {
      Docs.commands(page).stream().map(CommandsTest::shortened).forEach(commands::add);
    }
    assertThat(commands).isNotEmpty();
    Docs.quern(folder, commands.stream().filter(c -> !c.contains("DIR")).toList());
    List<String> foreign = commands.stream().filter(c -> c.contains("DIR")).toList();
    if (!foreign.isEmpty()) {
      String data = Fixtures.cifar10().toString();
      Docs.quern(folder, foreign.stream().map(c -> c.replace("DIR", data)).toList());
    }
  }

  /** In the short suite training takes 1 epoch by default, and 500 images of the bundled sample. */
  private static String shortened(String command) {
    if (Suite.FULL || !command.startsWith("train") || command.contains("--resume")) {
      return command;
    }
    String epochs = command.contains("--epochs") ? "" : " --epochs 1";
    return command + epochs + (command.matches(".*--(data|limit) .*") ? "" : " --limit 500");
  }

  /** A folder of the reader's own pictures. */
  private static void photos(Path folder) throws IOException {
    for (String of : List.of("cat", "dog")) {
      Path sub = Files.createDirectories(folder.resolve(of));
      for (int i = 0; i < 5; i++) {
        BufferedImage image = new BufferedImage(30 + i, 40, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "jpg", sub.resolve(i + ".jpg").toFile());
      }
    }
  }

  /** Arrays of the reader's own, as numpy.savez writes them. */
  private static void birds(Path file) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (String array : List.of("x (20,28,28)", "y (20,)")) {
        String shape = array.substring(2);
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + "}";
        zip.putNextEntry(new ZipEntry(array.charAt(0) + ".npy"));
        zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
        zip.write(new byte[] {(byte) header.length(), 0});
        zip.write(header.getBytes(StandardCharsets.US_ASCII));
        byte[] values = new byte[array.charAt(0) == 'x' ? 20 * 28 * 28 : 20];
        values[0] = 1;
        zip.write(values);
      }
    }
  }

  /** A table of the reader's own. */
  private static void flowers(Path file) throws IOException {
    StringBuilder table = new StringBuilder("id,length,width,species\n");
    for (int i = 0; i < 30; i++) {
      table.append(i + "," + i % 7 + "," + 100 * (i % 2) + "," + (i % 2 == 0 ? "iris" : "lily"));
      table.append('\n');
    }
    Files.writeString(file, table);
  }

  /** A data set of the reader's own. */
  private static void pets(Path data) {
    byte[] pixels = new byte[20 * 28 * 28];
    List<String> classes = List.of("cat", "dog");
    Dataset pets = Dataset.of("pets", Shape.of(1, 28, 28), classes, pixels, new int[20]);
    DatasetFile.save(data.resolve("train.safetensors"), pets);
    DatasetFile.save(data.resolve("test.safetensors"), pets);
  }
}

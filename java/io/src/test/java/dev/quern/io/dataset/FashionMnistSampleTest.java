package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.io.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The images that come with Quern are those that were chosen. */
class FashionMnistSampleTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("quern.root")).resolve("data/fashion-mnist-sample");

  @Test
  void filesHaveTheirChecksums() throws IOException {
    List<String> sums = Files.readAllLines(FOLDER.resolve("SHA256SUMS"));
    assertThat(sums).hasSize(4);
    for (String line : sums) {
      String[] parts = line.split("  ");
      assertThat(Sha256.of(FOLDER.resolve(parts[1]))).as(parts[1]).isEqualTo(parts[0]);
    }
  }

  @Test
  void everyClassHasAsManyImages() {
    for (Split split : Split.values()) {
      Dataset data =
          Datasets.load("fashion-mnist-sample", split, FOLDER, false, DownloadListener.NONE);
      int[] counts = new int[10];
      for (int i = 0; i < data.size(); i++) {
        counts[data.label(i)]++;
      }
      assertThat(data.shape()).hasToString("1x28x28");
      assertThat(data.classes()).startsWith("T-shirt/top", "Trouser").endsWith("Bag", "Ankle boot");
      assertThat(counts).hasSize(10).containsOnly(split == Split.TRAIN ? 1000 : 200);
    }
  }

  @Test
  void licenceAndSourceStandBesideThem() throws IOException {
    assertThat(Files.readString(FOLDER.resolve("LICENSE"))).contains("2017 Zalando SE");
    assertThat(Files.readString(FOLDER.resolve("SOURCE.md"))).contains("dataset-fashion-mnist");
  }
}

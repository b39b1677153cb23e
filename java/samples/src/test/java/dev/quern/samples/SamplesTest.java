package dev.quern.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.data.Dataset;
import dev.quern.io.dataset.Datasets;
import dev.quern.io.dataset.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The jar has what the folder in the sources has, and a data set is found in it. */
class SamplesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("quern.root")).resolve("data/fashion-mnist-sample");

  @Test
  void filesAreThoseOfTheSources() throws IOException {
    Set<Path> files;
    try (Stream<Path> all = Files.list(FOLDER)) {
      files = all.collect(Collectors.toSet());
    }
    assertThat(files).hasSizeGreaterThanOrEqualTo(7);
    for (Path file : files) {
      String name = "/dev/quern/samples/fashion-mnist-sample/" + file.getFileName();
      try (InputStream in = SamplesTest.class.getResourceAsStream(name)) {
        assertThat(in).as(name).isNotNull();
        assertThat(in.readAllBytes()).as(name).isEqualTo(Files.readAllBytes(file));
      }
    }
  }

  @Test
  void theDataSetIsFoundByItsName() {
    assertThat(Path.of("data")).as("the other place where it could be").doesNotExist();
    Dataset train = Datasets.load("fashion-mnist-sample", Split.TRAIN);
    Dataset test = Datasets.load("fashion-mnist-sample", Split.TEST);
    assertThat(train.size()).isEqualTo(10_000);
    assertThat(test.size()).isEqualTo(2_000);
  }
}

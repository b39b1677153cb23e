package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FormatException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ProgressListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is beside a cache of pictures while it is written, and after that. */
class CacheLeftTest extends ImageFolderCase {
  private static final String RANDOM = "0123456789abcdef0123456789abcdef";

  @BeforeEach
  void make() throws IOException {
    classes(3, 3);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(Files::isRegularFile)
          .map(p -> p.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static Path age(Path file) throws IOException {
    return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(600)));
  }

  /** As a process that was killed in its first pass leaves it. */
  @Test
  void whatAKilledRunLeftGoes() throws IOException {
    age(Files.write(dir.resolve(".pixels." + RANDOM + ".tmp"), new byte[100]));
    Files.write(dir.resolve(".pixels." + RANDOM.replace('0', 'a') + ".tmp"), new byte[100]);
    age(Files.write(dir.resolve(".others." + RANDOM + ".tmp"), new byte[100]));
    builder().keptCache(dir.resolve("pixels"), 1 << 20).open().close();
    assertThat(files())
        .containsExactly(
            ".others." + RANDOM + ".tmp", // of another file
            ".pixels." + RANDOM.replace('0', 'a') + ".tmp", // may be written now
            "pixels");
  }

  /** Two that make the same cache do not take the other's for left behind. */
  @Test
  void whatIsWrittenStays() throws IOException {
    Path file = dir.resolve("pixels");
    int[] calls = new int[1];
    ProgressListener second =
        new ProgressListener() {
          @Override
          public void onRead(int done, int all) {
            if (calls[0]++ == 0) {
              try {
                for (String name : files()) {
                  age(dir.resolve(name));
                }
                builder().keptCache(file, 1 << 20).open().close();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            }
          }
        };
    try (ImageFolder folder = builder().keptCache(file, 1 << 20).listener(second).open()) {
      assertThat(images(folder.all())).hasSize(6);
    }
    assertThat(calls[0]).isPositive();
    assertThat(files()).containsExactly("pixels");
  }

  @Test
  void aLongNameIsOneAsWell() throws IOException {
    Path file = dir.resolve("p".repeat(250));
    builder().keptCache(file, 1 << 20).open().close();
    assertThat(files()).containsExactly(file.getFileName().toString());
  }

  /** A mask is a byte a pixel, and one value is none. */
  @Test
  void masksTell255ClassesApart() throws IOException {
    Path root = dir.resolve("masked");
    Files.createDirectories(root.resolve("images"));
    Files.createDirectories(root.resolve("masks"));
    Files.copy(dir.resolve("a/100.png"), root.resolve("images/a.png"));
    Files.copy(dir.resolve("a/100.png"), root.resolve("masks/a.png"));
    List<String> names = IntStream.range(0, 256).mapToObj(i -> "c" + i).toList();
    assertThatThrownBy(() -> ImageFolder.builder(root).size(SIZE).classes(names).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("256 classes exceed the limit of a mask, 255");
    ImageFolder.builder(root).size(SIZE).classes(names.subList(0, 255)).open().close();
  }
}

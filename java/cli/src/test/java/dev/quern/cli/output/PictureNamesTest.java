package dev.quern.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PictureNamesTest {
  private static List<String> names(String... images) {
    List<Path> all = Stream.of(images).map(Path::of).toList();
    PictureNames names = new PictureNames(all);
    return all.stream().map(i -> names.of(i).replace('\\', '/')).toList();
  }

  @Test
  void aFileHasItsOwnName() {
    assertThat(names("a/1.png", "b/2.jpg", "none")).containsExactly("1", "2", "none");
  }

  @Test
  void oneNameInSeveralFoldersKeepsTheFolders() {
    assertThat(names("pets/cat/1.png", "pets/dog/1.png", "pets/dog/2.png"))
        .containsExactly("cat/1", "dog/1", "2");
    assertThat(names("1.png", "deep/er/1.png")).containsExactly("1", "deep/er/1");
  }

  @Test
  void oneNameInOneFolderIsNumbered() {
    assertThat(names("a/1.png", "a/1.jpg", "a/1.gif")).containsExactly("1", "1-2", "1-3");
  }

  @Test
  void aFileThatIsGivenTwiceHasOneName() {
    assertThat(names("a/1.png", "a/1.png")).containsExactly("1", "1");
  }
}

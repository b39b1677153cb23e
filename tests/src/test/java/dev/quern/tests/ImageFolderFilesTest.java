package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Engine;
import dev.quern.error.ClosedException;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.error.UserCodeException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Files of folders of pictures: broken ones, links, caches, and what is refused. */
class ImageFolderFilesTest extends ImageFolderCase {
  @Test
  void brokenFilesAreNamedOrSkipped() throws IOException {
    classes(20, 20);
    Set<Path> broken = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      Path file = dir.resolve("b/" + (100 + i) + ".png");
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, i == 0 ? new byte[0] : Arrays.copyOf(bytes, bytes.length - 40));
      broken.add(file);
    }
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            ": 12 of 40 files are broken: " + dir.resolve("b/100.png") + " (the format is")
        .hasMessageContaining("109.png (damaged PNG")
        .hasMessageContaining("; and 2 more; --skip-broken")
        .hasMessageNotContaining("110.png");
    for (long cache : new long[] {0, 1 << 20}) {
      try (ImageFolder folder = builder().skipBroken().cache(cache).open()) {
        assertThat(folder.counts()).isEqualTo(Map.of("a", 20, "b", 8));
        assertThat(folder.all().size()).isEqualTo(28);
        assertThat(folder.broken()).extracting(b -> b.path()).hasSameElementsAs(broken);
        assertThat(folder.preprocessing().normalization())
            .isEqualTo(copy(folder.train()).normalization());
      }
    }
  }

  @Test
  void linksDoNotLeaveTheFolder() throws IOException {
    Path outside = picture("outside/1.png", 1);
    Path in = Files.createDirectories(dir.resolve("in"));
    picture("in/a/1.png", 2);
    Files.createSymbolicLink(in.resolve("a/inside.png"), in.resolve("a/1.png"));
    ImageFolderBuilder builder = ImageFolder.builder(in).size(SIZE);
    try (ImageFolder folder = builder.open()) {
      assertThat(folder.all().size()).isEqualTo(2);
    }
    Files.createSymbolicLink(in.resolve("a/out.png"), outside);
    Files.createSymbolicLink(in.resolve("a/none.png"), in.resolve("a/gone.png"));
    Files.createSymbolicLink(in.resolve("a/up"), in);
    Files.createSymbolicLink(in.resolve("b"), outside.getParent());
    Files.createSymbolicLink(in.resolve("a/out.txt"), outside);
    assertThatThrownBy(builder::open)
        .hasMessageContaining("4 of 6 files are broken")
        .hasMessageContaining("out.png (a link to a target outside the folder)")
        .hasMessageContaining("none.png (a broken link)")
        .hasMessageContaining("a/up (a link to a folder, which is not followed)")
        .hasMessageContaining("in/b (a link to a folder, which is not followed)");
    Path list = Files.writeString(in.resolve("l.csv"), "file,label\na/1.png,x\na/out.png,x\n");
    assertThatThrownBy(() -> builder.labels(list).open())
        .hasMessageContaining("out.png (a link to a target outside the folder)");
    Path link = Files.createSymbolicLink(dir.resolve("link"), in); // of the user's own
    try (ImageFolder folder = ImageFolder.builder(link).size(SIZE).skipBroken().open()) {
      assertThat(folder.all().size()).isEqualTo(2);
    }
    assertThat(ImageFolder.files(link)).hasSize(2);
  }

  @Test
  void whatIsNoFolderOfPicturesIsRefused() throws IOException {
    assertThatThrownBy(() -> ImageFolder.builder(dir.resolve("none")).size(SIZE).open())
        .isInstanceOf(NotFoundException.class);
    Path file = picture("a/1.png", 1);
    assertThatThrownBy(() -> ImageFolder.builder(file).size(SIZE).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is not a folder");
    assertThatThrownBy(() -> ImageFolder.builder(dir).open())
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("the size of the resized images is required");
    Files.createDirectories(dir.resolve("b"));
    assertThatThrownBy(() -> builder().open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("class b contains no images");
    assertThatThrownBy(() -> ImageFolder.builder(dir.resolve("b")).size(SIZE).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("has no subfolder with images for each class");
  }

  @Test
  void cacheInAFile() throws IOException {
    classes(7, 6);
    Path file = dir.resolve("pixels");
    for (long bytes : new long[] {0, 100, 1 << 20}) {
      ImageFolder folder = builder().cacheFile(file, bytes).open();
      try (ImageFolder plain = builder().open()) {
        assertThat(Files.size(file)).isEqualTo(Math.min(13 * 60, bytes / 60 * 60));
        assertThat(images(folder.all())).isEqualTo(images(plain.all()));
        assertThatThrownBy(() -> builder().cacheFile(file, bytes).open())
            .isInstanceOf(FileAccessException.class)
            .hasMessageContaining("it exists already");
        folder.close();
        assertThat(file).doesNotExist();
        if (bytes > 100) {
          assertThatThrownBy(() -> folder.all().image(0)).isInstanceOf(ClosedException.class);
        }
      }
    }
    Path broken = Files.write(dir.resolve("a/x.png"), new byte[0]);
    assertThatThrownBy(() -> builder().cacheFile(file, 1000).open())
        .hasMessageContaining(broken.toString());
    assertThat(file).doesNotExist();
    try (ImageFolder folder = builder().skipBroken().cacheFile(file, 1000).open()) {
      Files.write(file, new byte[10]);
      assertThatThrownBy(() -> folder.all().image(3))
          .isInstanceOf(FileAccessException.class)
          .hasMessageContaining("is truncated");
    }
  }

  @Test
  void decodingGoesOnWhereTheCacheEnds() throws IOException {
    classes(8, 8);
    try (ImageFolder folder = builder().cache(5 * 60).open()) {
      assertThat(folder.all().readers()).isEqualTo(Engine.info().threads());
      Path gone = dir.resolve("b/103.png");
      byte[] first = folder.all().image(0);
      Files.delete(dir.resolve("a/100.png")); // which is kept
      assertThat(folder.all().image(0)).isEqualTo(first);
      Files.delete(gone);
      assertThatThrownBy(() -> folder.all().image(11))
          .isInstanceOf(NotFoundException.class)
          .hasMessageContaining(gone.toString());
    }
  }

  @Test
  void listenersHearAndMayThrow() throws IOException {
    classes(30, 30);
    List<Integer> heard = new ArrayList<>();
    builder()
        .listener(
            (done, all) -> {
              assertThat(all).isEqualTo(60);
              heard.add(done);
            })
        .open()
        .close();
    assertThat(heard).isSorted().endsWith(60);
    assertThatThrownBy(
            () ->
                builder()
                    .listener(
                        (done, all) -> {
                          throw new IllegalStateException("mine");
                        })
                    .open())
        .isInstanceOf(UserCodeException.class)
        .hasRootCauseMessage("mine");
  }
}

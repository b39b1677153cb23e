package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Preprocessing;
import dev.quern.error.FormatException;
import dev.quern.error.NotFoundException;
import dev.quern.io.dataset.ImageFolder;
import dev.quern.io.dataset.ImageFolderBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decoded pictures that stay from one run to the next. */
class KeptCacheTest extends ImageFolderCase {
  private static final int EACH = 60;
  private static final int HEAD = 8 + 32;

  private Path file;

  @BeforeEach
  void make() throws IOException {
    classes(7, 6);
    file = dir.resolve("pixels");
  }

  private ImageFolderBuilder kept(long bytes) {
    return builder().keptCache(file, bytes);
  }

  private List<String> images(ImageFolderBuilder b) {
    try (ImageFolder folder = b.open()) {
      assertThat(folder.preprocessing().normalization().mean()[0]).isFinite();
      return images(folder.all());
    }
  }

  /** A picture with other pixels and the same size and time. */
  private static void changeUnseen(Path picture) throws IOException {
    byte[] content = Files.readAllBytes(picture);
    FileTime time = Files.getLastModifiedTime(picture);
    Files.write(picture, new byte[content.length]);
    Files.setLastModifiedTime(picture, time);
  }

  @Test
  void theNextRunDecodesNothing() throws IOException {
    List<String> plain = images(builder());
    assertThat(images(kept(1 << 20))).isEqualTo(plain);
    assertThat(Files.size(file)).isEqualTo(HEAD + 13 * (EACH + 5));
    byte[] before = Files.readAllBytes(file);
    try (ImageFolder folder = builder().open();
        ImageFolder again = kept(1 << 20).open()) {
      assertThat(again.preprocessing()).isEqualTo(folder.preprocessing());
    }
    for (int i = 1; i < 7; i++) { // all but the first, which is looked at
      changeUnseen(dir.resolve("a/10" + i + ".png"));
    }
    assertThat(images(kept(1 << 20))).isEqualTo(plain);
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
    try (Stream<Path> all = Files.list(dir)) {
      assertThat(all.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("a", "b", "pixels");
    }
  }

  @Test
  void itIsMadeAnewWhereAnythingDiffers() throws IOException {
    images(kept(1 << 20));
    byte[] first = Files.readAllBytes(file);
    picture("a/103.png", 77); // another time, at least
    Files.setLastModifiedTime(dir.resolve("a/103.png"), FileTime.fromMillis(1_000_000));
    assertThat(images(kept(1 << 20))).isEqualTo(images(builder()));
    assertThat(Files.readAllBytes(file)).isNotEqualTo(first);
    picture("b/200.png", 5);
    assertThat(images(kept(1 << 20))).hasSize(14).isEqualTo(images(builder()));
    assertThat(images(kept(1 << 20).fit(Preprocessing.Fit.FIT)))
        .isEqualTo(images(builder().fit(Preprocessing.Fit.FIT)));
    assertThat(images(kept(5 * (EACH + 5)))).isEqualTo(images(builder()));
    assertThat(Files.size(file)).isEqualTo(HEAD + 5 * (EACH + 5));
    assertThat(images(kept(0))).isEqualTo(images(builder()));
    assertThat(images(kept(0))).isEqualTo(images(builder()));
  }

  @Test
  void picturesThatDecodeOtherwiseAreSeen() throws IOException {
    List<String> plain = images(kept(1 << 20));
    byte[] content = Files.readAllBytes(file);
    int at = HEAD + 13 * 5; // the first pixel, with the checksum of what is there
    content[at] ^= 1;
    CRC32 sum = new CRC32();
    sum.update(content, at, EACH);
    ByteBuffer.wrap(content).putInt(HEAD + 1, (int) sum.getValue());
    Files.write(file, content);
    assertThat(images(kept(1 << 20))).isEqualTo(plain);
    assertThat(Files.readAllBytes(file)).isNotEqualTo(content);
  }

  @Test
  void damageIsDecodedAgain() throws IOException {
    List<String> plain = images(kept(1 << 20));
    byte[] whole = Files.readAllBytes(file);
    for (int at : new int[] {HEAD + 13 * 5 + 3 * EACH, HEAD + 6, 10, whole.length - 1}) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 4;
      Files.write(file, damaged);
      assertThat(images(kept(1 << 20))).as("byte %d", at).isEqualTo(plain);
    }
    Files.write(file, Arrays.copyOf(whole, whole.length - 1));
    assertThat(images(kept(1 << 20))).isEqualTo(plain);
    assertThat(Files.readAllBytes(file)).isEqualTo(whole);
  }

  @Test
  void anotherFileStaysAsItIs() throws IOException {
    Files.writeString(file, "a letter");
    assertThatThrownBy(() -> kept(1 << 20).open())
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("is not an image cache and is not overwritten");
    assertThat(file).hasContent("a letter");
    assertThatThrownBy(() -> builder().keptCache(dir.resolve("no/x"), 100).open())
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("its folder does not exist");
    Files.delete(file);
    Path broken = Files.write(dir.resolve("a/x.png"), new byte[3]);
    assertThatThrownBy(() -> kept(1 << 20).open()).hasMessageContaining(broken.toString());
    try (Stream<Path> all = Files.list(dir)) { // nothing half is left
      assertThat(all.map(p -> p.getFileName().toString())).containsExactlyInAnyOrder("a", "b");
    }
    assertThat(images(kept(1 << 20).skipBroken())).hasSize(13);
    assertThat(images(kept(1 << 20).skipBroken())).hasSize(13);
  }
}

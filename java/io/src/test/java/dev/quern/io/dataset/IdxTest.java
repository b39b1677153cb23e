package dev.quern.io.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  private static final List<String> CLASSES = List.of("zero", "one", "two");
  private static final IdxFile IMAGES =
      new IdxFile(new int[] {3, 2, 2}, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -11, 12});
  private static final IdxFile LABELS = new IdxFile(new int[] {3}, new byte[] {2, 0, 1});

  @TempDir Path temp;

  private static byte[] header(int... words) {
    ByteBuffer out = ByteBuffer.allocate(4 * words.length);
    for (int w : words) {
      out.putInt(w);
    }
    return out.array();
  }

  private static byte[] gzip(byte[] content, int zeros) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
      byte[] chunk = new byte[1 << 16];
      for (int left = zeros; left > 0; left -= chunk.length) {
        gzip.write(chunk, 0, Math.min(left, chunk.length));
      }
    }
    return out.toByteArray();
  }

  private void refuses(Path file, byte[] content, String message) throws IOException {
    Files.write(file, content);
    assertThatThrownBy(() -> IdxFile.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "train-images-idx3-ubyte, train-labels-idx1-ubyte",
    "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz",
    "train-images.idx3-ubyte, train-labels.idx1-ubyte",
    "train-images.idx3-ubyte.gz, train-labels-idx1-ubyte"
  })
  void readsTheUsualNames(String images, String labels) {
    IMAGES.write(temp.resolve(images));
    LABELS.write(temp.resolve(labels));
    Dataset data = Idx.load(temp, Split.TRAIN, "three", CLASSES);
    ByteBuffer last = ByteBuffer.allocate(4);
    data.copyBytes(2, last);
    assertThat(data.name()).isEqualTo("three");
    assertThat(data.shape()).hasToString("1x2x2");
    assertThat(last.array()).containsExactly(9, 10, -11, 12);
    assertThat(List.of(data.label(0), data.label(1), data.label(2))).containsExactly(2, 0, 1);
    assertThat(data.classes()).isEqualTo(CLASSES);
    assertThat(Idx.isIn(temp, Split.TRAIN)).isTrue();
    assertThat(Idx.isIn(temp, Split.TEST)).isFalse();
  }

  @Test
  void writesThePublishedLayout() throws IOException {
    LABELS.write(temp.resolve("labels"));
    assertThat(Files.readAllBytes(temp.resolve("labels")))
        .containsExactly(0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1);
    LABELS.write(temp.resolve("labels.gz"));
    byte[] zipped = Files.readAllBytes(temp.resolve("labels.gz"));
    assertThat(Arrays.copyOfRange(zipped, 4, 8)).as("time stamp").containsOnly(0);
    assertThat(IdxFile.read(temp.resolve("labels.gz"))).isEqualTo(LABELS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "file.gz"})
  void refusesEveryProperPrefix(String name) throws IOException {
    Path file = temp.resolve(name);
    IMAGES.write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int n = 0; n < whole.length; n++) {
      refuses(file, Arrays.copyOf(whole, n), "");
    }
  }

  @Test
  void refusesOtherHeaders() throws IOException {
    Path file = temp.resolve("file");
    refuses(file, header(0x00000d01, 1, 0), "begins with 00000d01");
    refuses(file, header(0x01000801, 1, 0), "begins with 01000801");
    refuses(file, header(0x00000800, 1), "begins with 00000800");
    refuses(file, header(0x000008ff, 1, 0), "begins with 000008ff");
    refuses(file, header(0x00000801, -1, 0), "[-1]");
    refuses(file, "some text, no data".getBytes(), "begins with");
    refuses(temp.resolve("file.gz"), "some text, no data".getBytes(), "not gzip");
  }

  @Test
  void refusesSizesThatTheFileCannotHold() throws IOException {
    Path file = temp.resolve("file");
    int big = Integer.MAX_VALUE;
    refuses(file, header(0x00000801, big), "cannot be compressed into 8 bytes");
    refuses(file, header(0x00000803, big, big, big), "cannot be compressed into 16 bytes");
    refuses(file, header(0x00000804, big, big, big, big), "cannot be compressed into 20 bytes");
    refuses(file, header(0x00000801, 4, 0, 0), "it has bytes after the 4 bytes");
    refuses(temp.resolve("file.gz"), gzip(header(0x00000801, big), 0), "cannot be compressed into");
  }

  @Test
  void aZipBombIsReadNoFurtherThanItsDeclaredSize() throws IOException {
    byte[] bomb = gzip(header(0x00000801, 100), 64 << 20);
    assertThat(bomb.length).isLessThan(100_000);
    refuses(temp.resolve("bomb.gz"), bomb, "it has bytes after the 100 bytes");
  }

  @Test
  void refusesImagesAndLabelsThatDoNotMatch() {
    Path images = temp.resolve("t10k-images-idx3-ubyte");
    Path labels = temp.resolve("t10k-labels-idx1-ubyte");
    IMAGES.write(images);
    assertThatThrownBy(() -> Idx.load(temp, Split.TEST, "x", CLASSES))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining("t10k-labels-idx1-ubyte");
    new IdxFile(new int[] {2}, new byte[2]).write(labels);
    refusesLoad("[3, 2, 2] do not match the 2 labels");
    new IdxFile(new int[] {3}, new byte[] {0, 3, 0}).write(labels);
    refusesLoad("label 3 of image 1");
    new IdxFile(new int[] {3}, new byte[] {0, -1, 0}).write(labels);
    refusesLoad("label 255 of image 1");
    IMAGES.write(labels);
    refusesLoad("3 dimensions, expected 1");
    LABELS.write(labels);
    LABELS.write(images);
    refusesLoad("1 dimensions, expected 3");
    new IdxFile(new int[] {3, 0, 2}, new byte[0]).write(images);
    refusesLoad("[3, 0, 2]");
  }

  private void refusesLoad(String message) {
    assertThatThrownBy(() -> Idx.load(temp, Split.TEST, "x", CLASSES))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(temp.toString())
        .hasMessageContaining(message);
  }

  @Test
  void refusesToHoldBytesThatDoNotFillTheDimensions() {
    assertThatThrownBy(() -> new IdxFile(new int[] {2, 2}, new byte[3]))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> new IdxFile(new int[0], new byte[1]))
        .isInstanceOf(InvalidArgumentException.class);
  }
}

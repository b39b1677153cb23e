package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.NotFoundException;
import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in memory, and where they come from. What decodes them is another module's. */
class ImageTest {
  private static final byte[] SIX = {0, 50, 100, -106, -56, -1};

  @TempDir Path dir;

  /** Knows files that begin with R; the second byte says what it does. */
  public static final class Reader implements ImageReader {
    /** Is called by the service loader. */
    public Reader() {}

    @Override
    public Optional<Image> read(byte[] encoded, ImageReading reading) throws IOException {
      if (encoded.length < 2 || encoded[0] != 'R') {
        return Optional.empty();
      }
      switch (encoded[1]) {
        case 'i' -> throw new IOException("the data end early");
        case 'r' -> throw new IllegalStateException("odd");
        case 'm' -> throw new OutOfMemoryError("much");
        case 's' -> throw new StackOverflowError();
        case 'n' -> {
          return null;
        }
        default -> {
          return Optional.of(Image.of(Shape.of(1, 1, 1), new byte[] {encoded[1]}));
        }
      }
    }

    @Override
    public String formats() {
      return "R";
    }
  }

  /** With this file's reader, which the thread's class loader alone knows. */
  private void withReader(Runnable test) throws IOException {
    Path services = Files.createDirectories(dir.resolve("services/META-INF/services"));
    Files.writeString(services.resolve(ImageReader.class.getName()), Reader.class.getName());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    URL[] urls = {dir.resolve("services").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, before)) {
      thread.setContextClassLoader(loader);
      test.run();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void pixelsAreKeptAndCopied() {
    byte[] pixels = SIX.clone();
    Image image = Image.of(Shape.of(1, 2, 3), pixels);
    pixels[0] = 9;
    image.pixels()[1] = 9;
    assertThat(image.pixels()).isEqualTo(SIX);
    assertThat(image.get(0, 1, 2)).isEqualTo(255);
    assertThat(image.shape()).isEqualTo(Shape.of(1, 2, 3));
    assertThat(new int[] {image.channels(), image.height(), image.width()})
        .containsExactly(1, 2, 3);
    assertThat(image).hasToString("Image 1x2x3");
    assertThat(image)
        .isEqualTo(Image.of(Shape.of(1, 2, 3), SIX))
        .hasSameHashCodeAs(Image.of(Shape.of(1, 2, 3), SIX));
    assertThat(image).isNotEqualTo(Image.of(Shape.of(1, 3, 2), SIX));
    assertThat(image).isNotEqualTo(Image.of(Shape.of(1, 2, 3), new byte[6])).isNotEqualTo(null);
  }

  @Test
  void whatIsNoImageIsRefused() {
    for (Shape shape :
        new Shape[] {
          Shape.of(2, 1, 3), Shape.of(6), Shape.of(1, 0, 3), Shape.of(3, Shape.FREE, 1), Shape.of()
        }) {
      assertThatThrownBy(() -> Image.of(shape, SIX))
          .isInstanceOf(ShapeException.class)
          .hasMessage(
              "image: shape " + shape + " must be 1xHxW or 3xHxW with H and W of at least 1");
    }
    assertThatThrownBy(() -> Image.of(Shape.of(3, 2, 2), SIX))
        .isInstanceOf(ShapeException.class)
        .hasMessage("image: the array pixels has 6 bytes, but shape 3x2x2 requires 12");
    Image image = Image.of(Shape.of(3, 1, 2), SIX);
    assertThatThrownBy(() -> image.get(3, 0, 0))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("image: channel 3 is outside [0, 3)");
    assertThatThrownBy(() -> image.get(0, 1, 0)).hasMessageContaining("row 1 is outside [0, 1)");
    assertThatThrownBy(() -> image.get(0, 0, -1)).hasMessageContaining("column -1");
  }

  @Test
  void withoutAReaderTheModuleIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("cat.png"), "x");
    assertThatThrownBy(() -> Image.read(file))
        .isInstanceOf(NotFoundException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("dev.quern:quern-image");
  }

  @Test
  void aReaderIsFoundByTheThreadsClassLoader() throws IOException {
    Path file = Files.writeString(dir.resolve("a"), "R7");
    withReader(
        () -> {
          Image wanted = Image.of(Shape.of(1, 1, 1), new byte[] {'7'});
          assertThat(Image.read(file)).isEqualTo(wanted);
          assertThat(Image.read(new byte[] {'R', '7'})).isEqualTo(wanted);
          InputStream in = new ByteArrayInputStream(new byte[] {'R', '7'});
          assertThat(Image.read(in)).isEqualTo(wanted);
        });
  }

  @Test
  void whateverAReaderThrowsIsTypedAndNamesTheFile() throws IOException {
    Path file = dir.resolve("a");
    withReader(
        () -> {
          assertFails(file, "Ri", FormatException.class, "image: " + file + ": the data end early");
          assertFails(file, "Rr", FormatException.class, file + ": its reader failed");
          assertFails(file, "Rs", FormatException.class, file + ": its reader failed");
          assertFails(file, "Rm", MemoryLimitException.class, file + ": does not fit");
          assertFails(file, "Rn", FormatException.class, "the format is not one of R");
          assertFails(file, "xx", FormatException.class, file + ": the format is not one of R");
          assertFails(file, "", FormatException.class, file + ": the format is not");
        });
  }

  private static void assertFails(Path file, String content, Class<?> type, String part) {
    try {
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThatThrownBy(() -> Image.read(file)).isInstanceOf(type).hasMessageContaining(part);
  }

  @Test
  void filesThatAreNone() throws IOException {
    Path none = dir.resolve("none.png");
    assertThatThrownBy(() -> Image.read(none))
        .isInstanceOf(NotFoundException.class)
        .hasMessage("image: " + none + ": the file does not exist");
    assertThatThrownBy(() -> Image.read(dir))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: " + dir + ": not a regular file");
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("cable pulled");
          }
        };
    assertThatThrownBy(() -> Image.read(broken))
        .isInstanceOf(FileAccessException.class)
        .hasMessage("image: stream: cable pulled");
  }
}

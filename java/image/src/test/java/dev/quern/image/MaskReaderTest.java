package dev.quern.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.FileAccessException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NotFoundException;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks: the numbers in a file, whatever colors they stand for. */
class MaskReaderTest {
  @TempDir Path dir;

  private Path write(BufferedImage image, String format) throws IOException {
    Path file = dir.resolve("mask." + format);
    ImageIO.write(image, format, file.toFile());
    return file;
  }

  /** Of random colors, so that no index is its color, and two indices may have the same. */
  private static IndexColorModel palette(int bits) {
    int size = 1 << bits;
    byte[][] rgb = new byte[3][size];
    for (byte[] of : rgb) {
      new Random(bits).nextBytes(of);
    }
    return new IndexColorModel(bits, size, rgb[0], rgb[1], rgb[2]);
  }

  private static byte[] fill(BufferedImage image, int values) {
    byte[] all = new byte[image.getWidth() * image.getHeight()];
    for (int i = 0; i < all.length; i++) {
      int value = i * 7 % values;
      image.getRaster().setSample(i % image.getWidth(), i / image.getWidth(), 0, value);
      all[i] = (byte) value;
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8})
  void indicesOfAPalette(int bits) throws IOException {
    int type = bits == 8 ? BufferedImage.TYPE_BYTE_INDEXED : BufferedImage.TYPE_BYTE_BINARY;
    BufferedImage image = new BufferedImage(13, 25, type, palette(bits));
    byte[] all = fill(image, 1 << bits);
    Image mask = Image.readMask(write(image, "png"));
    assertThat(mask).isEqualTo(Image.of(Shape.of(1, 25, 13), all));
  }

  @Test
  void greyAsItIsStored() throws IOException {
    BufferedImage image = new BufferedImage(20, 17, BufferedImage.TYPE_BYTE_GRAY);
    byte[] all = fill(image, 256);
    Path file = write(image, "png");
    assertThat(Image.readMask(file)).isEqualTo(Image.of(Shape.of(1, 17, 20), all));
    assertThat(Image.readMask(file)).isEqualTo(Image.read(file));
  }

  @Test
  void colorsAreNoNumbers() throws IOException {
    Path rgb = write(new BufferedImage(2, 3, BufferedImage.TYPE_INT_RGB), "png");
    assertThatThrownBy(() -> Image.readMask(rgb))
        .isInstanceOf(FormatException.class)
        .hasMessage(
            "image: "
                + rgb
                + ": a mask must have one channel of at most 8 bits, found 3 channels of 8");
    write(new BufferedImage(2, 3, BufferedImage.TYPE_USHORT_GRAY), "png");
    assertThatThrownBy(() -> Image.readMask(rgb))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("found 1 channel of 16");
    for (String format : new String[] {"jpg", "gif", "bmp"}) {
      Path file = write(new BufferedImage(2, 3, BufferedImage.TYPE_BYTE_GRAY), format);
      assertThatThrownBy(() -> Image.readMask(file))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("a mask must be a PNG file, found ");
    }
  }

  @Test
  void whatCannotBeRead() throws IOException {
    assertThatThrownBy(() -> Image.readMask(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Image.readMask(dir.resolve("none.png")))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> Image.readMask(dir)).isInstanceOf(FormatException.class);
    Path text = Files.writeString(dir.resolve("text.png"), "this is text");
    assertThatThrownBy(() -> Image.readMask(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the format is not one of ");
  }

  /** Any damage ends in numbers or in one of our exceptions. */
  @Test
  void damagedFiles() throws IOException {
    BufferedImage image = new BufferedImage(9, 8, BufferedImage.TYPE_BYTE_INDEXED, palette(8));
    fill(image, 256);
    byte[] whole = Files.readAllBytes(write(image, "png"));
    Random random = new Random(5);
    for (int i = 0; i < 300; i++) {
      byte[] bytes = i < 100 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      if (i >= 100) {
        bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt();
      }
      Path file = Files.write(dir.resolve("damaged.png"), bytes);
      try {
        assertThat(Image.readMask(file).channels()).isEqualTo(1);
      } catch (FormatException | FileAccessException e) {
        assertThat(e).hasMessageStartingWith("image: " + file + ": ");
      }
    }
  }
}

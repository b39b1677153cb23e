package dev.quern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferUShort;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
  @TempDir Path dir;

  private byte[] read(String name, BufferedImage image, int... input) throws IOException {
    Path file = Pictures.write(dir.resolve(name), image);
    return ImageFile.read(file, Shape.of(input[0], input[1], input[2])).values();
  }

  @Test
  void greyOfTheModelsSizeKeepsItsBytes() throws IOException {
    byte[] values = new byte[256];
    for (int i = 0; i < 256; i++) {
      values[i] = (byte) i;
    }
    BufferedImage image = Pictures.grey(16, values);
    assertThat(read("a.png", image, 1, 16, 16)).isEqualTo(values);
    byte[] three = read("a.png", image, 3, 16, 16);
    for (int c = 0; c < 3; c++) {
      assertThat(java.util.Arrays.copyOfRange(three, c * 256, (c + 1) * 256)).isEqualTo(values);
    }
  }

  @Test
  void anImageKeepsWhatTheInputLeavesFree() throws IOException {
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 6, 4, 0x0a64c8);
    Path file = Pictures.write(dir.resolve("a.png"), image);
    assertThat(ImageFile.read(file, Shape.of(3, Shape.FREE, Shape.FREE)).shape())
        .isEqualTo(Shape.of(3, 4, 6));
    ImageFile.Pixels tall = ImageFile.read(file, Shape.of(1, 8, Shape.FREE));
    assertThat(tall.shape()).isEqualTo(Shape.of(1, 8, 6));
    assertThat(tall.values()).hasSize(48);
  }

  @Test
  void coloursComeInChannelOrder() throws IOException {
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 2, 3, 0x0a64c8);
    assertThat(read("a.png", image, 3, 3, 2))
        .containsExactly(
            10, 10, 10, 10, 10, 10, 100, 100, 100, 100, 100, 100, 200, 200, 200, 200, 200, 200);
  }

  @Test
  void colourBecomesGreyByItsLuma() throws IOException {
    int[][] cases = {{0xff0000, 76}, {0x00ff00, 150}, {0x0000ff, 29}, {0xffffff, 255}, {0, 0}};
    for (int[] c : cases) {
      BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, 2, 2, c[0]);
      assertThat(read("a.png", image, 1, 2, 2)).containsOnly((byte) c[1]);
    }
  }

  @Test
  void transparentPixelsAreBlack() throws IOException {
    int half = 0x80ffffff;
    BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_ARGB, 2, 1, half);
    image.setRGB(1, 0, 0x00ffffff);
    assertThat(read("a.png", image, 1, 1, 2)).containsExactly((byte) 128, (byte) 0);
  }

  @Test
  void sixteenBitGreyIsScaled() throws IOException {
    BufferedImage image = new BufferedImage(3, 1, BufferedImage.TYPE_USHORT_GRAY);
    short[] values = ((DataBufferUShort) image.getRaster().getDataBuffer()).getData();
    values[1] = (short) 32896;
    values[2] = (short) 65535;
    assertThat(read("a.png", image, 1, 1, 3)).containsExactly(0, (byte) 128, (byte) 255);
  }

  @Test
  void paletteAndOneBitImages() throws IOException {
    BufferedImage bits = Pictures.plain(BufferedImage.TYPE_BYTE_BINARY, 4, 1, 0xff000000);
    bits.setRGB(2, 0, 0xffffffff);
    assertThat(read("a.png", bits, 1, 1, 4)).containsExactly(0, 0, 255, 0);
    BufferedImage palette = Pictures.plain(BufferedImage.TYPE_BYTE_INDEXED, 2, 2, 0xff00ff00);
    assertThat(read("a.png", palette, 3, 1, 1)).containsExactly(0, 255, 0);
  }

  @Test
  void jpegIsNearlyWhatWasWritten() throws IOException {
    BufferedImage grey = Pictures.plain(BufferedImage.TYPE_BYTE_GRAY, 32, 32, 0);
    for (int i = 0; i < 1024; i++) {
      grey.getRaster().setSample(i % 32, i / 32, 0, 100);
    }
    for (byte v : read("a.jpg", grey, 1, 32, 32)) {
      assertThat(v & 0xff).isCloseTo(100, within(2));
    }
  }

  @Test
  void smallerMeansTheMeanOfWhatIsCovered() throws IOException {
    byte[] values = new byte[400 * 100];
    Random random = new Random(1);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) random.nextInt(256);
      sum += values[i] & 0xff;
    }
    byte[] one = read("a.png", Pictures.grey(400, values), 1, 1, 1);
    assertThat(one[0] & 0xff).isCloseTo((int) (sum / values.length), within(2));
    byte[] some = read("b.png", Pictures.grey(400, values), 1, 5, 8);
    for (byte v : some) {
      assertThat(v & 0xff).isBetween(110, 145);
    }
  }

  @Test
  void largerIsInterpolated() throws IOException {
    byte[] two = {0, (byte) 200};
    // pixel centres at 1/8, 3/8, 5/8, 7/8 of a picture whose own are at 1/4 and 3/4
    assertThat(read("a.png", Pictures.grey(2, two), 1, 1, 4))
        .containsExactly(0, 50, (byte) 150, (byte) 200);
    assertThat(read("b.png", Pictures.grey(1, two), 1, 4, 1))
        .containsExactly(0, 50, (byte) 150, (byte) 200);
  }

  @Test
  void everyAwkwardSizeKeepsAPlainColour() throws IOException {
    int[] sizes = {1, 2, 3, 7, 28, 31, 97};
    for (int w : sizes) {
      for (int h : sizes) {
        BufferedImage image = Pictures.plain(BufferedImage.TYPE_INT_RGB, w, h, 0x7b2d01);
        byte[] got = read("a.png", image, 3, 13, 11);
        for (int i = 0; i < got.length; i++) {
          assertThat(got[i] & 0xff).isEqualTo(new int[] {0x7b, 0x2d, 0x01}[i / 143]);
        }
      }
    }
  }
}

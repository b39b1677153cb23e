package dev.quern.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as PIL reads them, broken ones, and those that claim to be huge. */
class PictureReaderTest {
  @TempDir Path dir;

  static List<Pictures> pictures() {
    return Pictures.all();
  }

  /** Those that ImageIO reads as PIL does: it turns none, and applies a JPEG's profile. */
  static List<Pictures> plain() {
    return pictures().stream()
        .filter(
            p -> !p.name().matches("exif.*|turned.*|profile.jpg|.*(cmyk|ycck|no-jfif).*|placed.*"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void isWhatPilReads(Pictures p) throws IOException {
    Path file = Files.write(dir.resolve(p.name()), p.encoded());
    Image image = Image.read(file);
    assertThat(Pictures.asRgb(image)).isEqualTo(Pictures.asRgb(p.expected()));
    assertThat(image.height()).isEqualTo(p.expected().height());
    assertThat(Image.read(p.encoded())).isEqualTo(image);
    assertThat(Image.read(new ByteArrayInputStream(p.encoded()))).isEqualTo(image);
  }

  @ParameterizedTest
  @MethodSource("plain")
  void isWhatABufferedImageHas(Pictures p) throws IOException {
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(p.encoded()));
    assertThat(Images.of(read)).isEqualTo(Image.read(p.encoded()));
  }

  @Test
  void greyFilesAreGrey() {
    Set<String> grey =
        Set.of(
            "grey.png",
            "grey-alpha.png",
            "grey16.png",
            "grey2.png",
            "grey-key.png",
            "grey-palette1.png",
            "grey-palette2.png",
            "grey-palette4.png",
            "one-bit.png",
            "grey.jpg",
            "grey.bmp",
            "one-bit.bmp");
    for (Pictures p : pictures()) {
      int channels = grey.contains(p.name()) ? 1 : 3;
      assertThat(Image.read(p.encoded()).channels()).as(p.name()).isEqualTo(channels);
    }
  }

  /** Every file, cut short at every byte: refused, unless nothing of the picture is missing. */
  @ParameterizedTest
  @MethodSource("pictures")
  void cutShortIsRefused(Pictures p) {
    Image whole = Image.read(p.encoded());
    int read = 0;
    for (int length = 0; length < p.encoded().length; length++) {
      byte[] cut = Arrays.copyOf(p.encoded(), length);
      try {
        assertThat(Image.read(cut)).as(length + " bytes of " + p).isEqualTo(whole);
        read++;
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("image: bytes: ");
      }
    }
    assertThat(read).as(p + " read though cut short").isLessThan(p.encoded().length / 2);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void changedBytesAreReadOrRefused(Pictures p) {
    Random random = new Random(p.name().hashCode());
    for (int i = 0; i < 200; i++) {
      byte[] bad = p.encoded().clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        Image.read(bad);
      } catch (QuernException e) {
        assertThat(e.getMessage()).startsWith("image: bytes: ");
      }
    }
  }

  @Test
  void hugeOnesAreRefusedByTheirHeader() throws IOException {
    byte[] png = Pictures.named("grey.png").encoded();
    ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    assertTooLarge("a.png", png, "100000 x 100000");

    byte[] jpeg = Pictures.named("sampled420.jpg").encoded();
    ByteBuffer.wrap(jpeg)
        .putShort(frame(jpeg) + 5, (short) 65_000)
        .putShort(frame(jpeg) + 7, (short) 64_000);
    assertTooLarge("a.jpg", jpeg, "64000 x 65000");

    byte[] gif = Pictures.named("palette.gif").encoded();
    ByteBuffer.wrap(gif)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putShort(6, (short) 65_000)
        .putShort(8, (short) 65_001);
    assertTooLarge("a.gif", gif, "65000 x 65001");

    byte[] bmp = Pictures.named("rgb.bmp").encoded();
    ByteBuffer.wrap(bmp)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(18, 2_000_000_000)
        .putInt(22, 2_000_000_000);
    // the JDK's own rule is the first here: the file is too short for them
    assertThatThrownBy(() -> Image.read(bmp))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("Invalid width/height");
  }

  private static int frame(byte[] jpeg) {
    int at = 0;
    while (jpeg[at] != (byte) 0xff || jpeg[at + 1] != (byte) 0xc0) {
      at++;
    }
    return at;
  }

  private void assertTooLarge(String name, byte[] encoded, String size) throws IOException {
    Path file = Files.write(dir.resolve(name), encoded);
    assertThatThrownBy(() -> Image.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: " + file + ": " + size + " pixels exceed the maximum of 100000000");
  }

  @Test
  void whatIsNoPictureIsRefused() throws IOException {
    Path text = Files.writeString(dir.resolve("cat.png"), "no picture");
    assertThatThrownBy(() -> Image.read(text))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: " + text + ": the format is not one of PNG, JPEG, GIF, BMP");
    for (String begin : List.of("RIFF\1\0\0\0WEBP", "II*\0", "MM\0*", "II+\0", "MM\0+")) {
      assertThatThrownBy(() -> Image.read(begin.getBytes(StandardCharsets.US_ASCII)))
          .isInstanceOf(FormatException.class)
          .hasMessageMatching("image: bytes: (WebP|TIFF) needs .*dev.quern:quern-image-formats.");
    }
    byte[] bmp = Pictures.named("rgb.bmp").encoded();
    bmp[30] = 4;
    assertThatThrownBy(() -> Image.read(bmp))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: bytes: damaged BMP: an embedded JPEG or PNG is not supported");
  }

  /** Without Adobe's segment, 0 is no ink: libjpeg's own way, where PIL takes all for Adobe's. */
  @Test
  void cmykWithoutAdobesSegmentIsNotInverted() {
    byte[] adobe = Pictures.named("cmyk.jpg").encoded();
    Image inverted = Image.read(adobe);
    byte[] bare = without(adobe, "Adobe");
    Image image = Image.read(bare);
    assertThat(image.shape()).isEqualTo(inverted.shape());
    assertThat(image).isNotEqualTo(inverted);
  }

  /** The file without the segment whose data begin so. */
  private static byte[] without(byte[] jpeg, String name) {
    int data = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf(name);
    int length = ByteBuffer.wrap(jpeg).getShort(data - 2);
    byte[] rest = new byte[jpeg.length - length - 2];
    System.arraycopy(jpeg, 0, rest, 0, data - 4);
    System.arraycopy(jpeg, data - 2 + length, rest, data - 4, jpeg.length - (data - 2 + length));
    return rest;
  }

  @Test
  void aBrokenProfileChangesNothing() {
    byte[] jpeg = Pictures.named("profile.jpg").encoded();
    Image whole = Image.read(jpeg);
    int profile = new String(jpeg, StandardCharsets.ISO_8859_1).indexOf("ICC_PROFILE") + 14;
    Arrays.fill(jpeg, profile, profile + 400, (byte) 0);
    assertThat(Image.read(jpeg)).isEqualTo(whole);
  }

  @Test
  void orientationOfEitherByteOrder() {
    byte[] jpeg = Pictures.named("sampled444.jpg").encoded();
    Image upright = Image.read(jpeg);
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      assertThat(Image.read(with(jpeg, exif(order, 1, 8, 3, 1)))).isEqualTo(upright);
      Image turned = Image.read(with(jpeg, exif(order, 1, 8, 3, 6)));
      for (int y = 0; y < upright.height(); y++) {
        for (int x = 0; x < upright.width(); x++) {
          assertThat(turned.get(1, x, upright.height() - 1 - y)).isEqualTo(upright.get(1, y, x));
        }
      }
      // no such orientation, no such type, more entries than there are, a directory far away
      for (byte[] odd :
          List.of(
              exif(order, 1, 8, 3, 0),
              exif(order, 1, 8, 3, 9),
              exif(order, 1, 8, 3, -1),
              exif(order, 1, 8, 7, 6),
              exif(order, 65_535, 12, 3, 6),
              exif(order, 1, Integer.MAX_VALUE, 3, 6),
              exif(order, 1, -1, 3, 6),
              Arrays.copyOf(exif(order, 1, 8, 3, 6), 15),
              new byte[6])) {
        assertThat(Image.read(with(jpeg, odd))).isEqualTo(upright);
      }
    }
  }

  /** Behind a PNG's pixels: whatever is left of it, the picture is read. */
  @Test
  void orientationThatIsCutShortTurnsNothing() {
    byte[] png = Pictures.named("rgb.png").encoded();
    Image upright = Image.read(png);
    byte[] tiff = Arrays.copyOfRange(exif(ByteOrder.BIG_ENDIAN, 1, 8, 3, 6), 6, 32);
    byte[] exif = Made.chunk("eXIf", tiff);
    int pixels = png.length - 12; // the chunk that ends the file has no data
    byte[] all = Arrays.copyOf(png, pixels + exif.length);
    System.arraycopy(exif, 0, all, pixels, exif.length);
    for (int length = pixels; length < all.length; length++) {
      byte[] cut = Arrays.copyOf(all, length);
      assertThat(Image.read(cut)).as(length - pixels + " bytes of it").isEqualTo(upright);
    }
    assertThat(Image.read(all)).isNotEqualTo(upright);
  }

  private static byte[] exif(ByteOrder order, int entries, int directory, int type, int value) {
    ByteBuffer tiff = ByteBuffer.allocate(32).order(order);
    tiff.put("Exif\0\0".getBytes(StandardCharsets.US_ASCII));
    tiff.put((order == ByteOrder.BIG_ENDIAN ? "MM" : "II").getBytes(StandardCharsets.US_ASCII));
    tiff.putShort((short) 42).putInt(directory).putShort((short) entries);
    tiff.putShort((short) 0x112).putShort((short) type).putInt(1).putShort((short) value);
    return tiff.array();
  }

  /** The file with a segment APP1 of these data behind its first segment. */
  private static byte[] with(byte[] jpeg, byte[] app1) {
    int at = 4 + ByteBuffer.wrap(jpeg).getShort(4);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, at);
    out.writeBytes(
        ByteBuffer.allocate(4)
            .putShort((short) 0xffe1)
            .putShort((short) (app1.length + 2))
            .array());
    out.writeBytes(app1);
    out.write(jpeg, at, jpeg.length - at);
    return out.toByteArray();
  }
}

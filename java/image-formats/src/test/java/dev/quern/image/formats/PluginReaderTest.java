package dev.quern.image.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.quern.data.Image;
import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files as PIL reads them, and broken ones. */
class PluginReaderTest {
  /**
   * The most that one value is off; libwebp interpolates the colors between those that a lossy file
   * has.
   */
  private static final int LOSSY_MOST = 20;

  private static final double LOSSY_MEAN = 3.5;

  private static final boolean FULL = Boolean.getBoolean("quern.full");

  /** That reading a small file may take. */
  private static final long MOST_BYTES = 64 << 20;

  @TempDir Path dir;

  static List<Pictures> pictures() {
    return Pictures.all();
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void isWhatPilReads(Pictures p) throws IOException {
    Image image = Image.read(Files.write(dir.resolve(p.name()), p.encoded()));
    assertThat(image.height()).isEqualTo(p.expected().height());
    assertThat(image.width()).isEqualTo(p.expected().width());
    int most = 0;
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      for (int y = 0; y < image.height(); y++) {
        for (int x = 0; x < image.width(); x++) {
          int wanted = p.expected().get(Math.min(c, p.expected().channels() - 1), y, x);
          int off = Math.abs(image.get(Math.min(c, image.channels() - 1), y, x) - wanted);
          most = Math.max(most, off);
          sum += off;
        }
      }
    }
    assertThat(most).isLessThanOrEqualTo(p.isLossy() ? LOSSY_MOST : 0);
    assertThat(sum / (3 * image.height() * image.width())).isLessThan(LOSSY_MEAN);
    assertThat(Image.read(new ByteArrayInputStream(p.encoded()))).isEqualTo(image);
  }

  @Test
  void greyFilesAreGrey() {
    for (Pictures p : pictures()) {
      boolean grey = p.name().matches("(grey|one-bit|fax|white).*");
      assertThat(Image.read(p.encoded()).channels()).as(p.name()).isEqualTo(grey ? 1 : 3);
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

  /** Files with some other bytes. */
  @ParameterizedTest
  @MethodSource("pictures")
  void changedBytesAreReadOrRefused(Pictures p) {
    Random random = new Random(p.name().hashCode());
    for (int i = 0; i < (FULL ? 100 : 25); i++) {
      byte[] bad = p.encoded().clone();
      for (int k = 1 + i % 3; k > 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        Image.read(bad);
      } catch (QuernException e) {
        assertThat(e.getMessage()).startsWith("image: bytes: ");
      }
    }
  }

  @Test
  void hugeOnesAreRefusedByTheirHeader() {
    assertRefused(changed("big-endian.tif", 256, 100_000, 257, 100_000), "100000 x 100000 pixels");
    assertRefused(changed("tiles.tif", 322, 60_000, 323, 60_000), "60000 x 60000 pixels");
    assertRefused(changed("rgb-raw.tif", 277, 65_535), "damaged TIFF: ");
    assertRefused(changed("grey-raw.tif", 258, 32), "damaged TIFF: samples must be unsigned");

    byte[] canvas = Pictures.named("lossless-turned.webp").encoded();
    Arrays.fill(canvas, 24, 30, (byte) 0xff);
    assertRefused(canvas, "16777216 x 16777216 pixels exceed the maximum of 100000000");
    Arrays.fill(canvas, 25, 30, (byte) 0);
    assertRefused(canvas, "23 x 19 pixels, its header declares 256 x 1");
    byte[] bare = Pictures.named("lossless.webp").encoded();
    Arrays.fill(bare, 21, 25, (byte) 0x0f);
    Arrays.fill(bare, 21, 24, (byte) 0xff);
    assertRefused(bare, "16384 x 16384 pixels exceed the maximum of 100000000");
    byte[] animated = Pictures.named("animated.webp").encoded();
    Arrays.fill(animated, 24, 30, (byte) 0xff);
    assertRefused(animated, "16777216 x 16777216 pixels exceed the maximum of 100000000");
  }

  private static void assertRefused(byte[] encoded, String why) {
    assertThatThrownBy(() -> Image.read(encoded))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
  }

  /** A TIFF file with other values of some tags, which have one. */
  private static byte[] changed(String name, int... tagsAndValues) {
    byte[] encoded = Pictures.named(name).encoded();
    ByteOrder order = encoded[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    ByteBuffer tiff = ByteBuffer.wrap(encoded).order(order);
    int directory = tiff.getInt(4);
    for (int i = 0; i < tagsAndValues.length; i += 2) {
      for (int at = directory + 2; at < directory + 2 + 12 * tiff.getShort(directory); at += 12) {
        if (tiff.getShort(at) == tagsAndValues[i]) {
          tiff.putShort(at + 2, (short) 4).putInt(at + 8, tagsAndValues[i + 1]);
        }
      }
    }
    return encoded;
  }

  /** Code tables take no more than a file of this size can tell of. */
  @Test
  void dataBehindTheEndAreNotMadeUp() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Random random = new Random(1);
    byte[] whole = Pictures.named("lossless.webp").encoded();
    for (int i = 0; i < (FULL ? 4000 : 400); i++) {
      byte[] bad = whole.clone();
      for (int k = 0; k < 4; k++) {
        bad[25 + random.nextInt(bad.length - 25)] = (byte) random.nextInt(256);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        Image.read(bad);
      } catch (FormatException e) {
        assertThat(e.getMessage()).startsWith("image: bytes: damaged WebP");
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void theFormatsAreNamed() throws IOException {
    Path text = Files.writeString(dir.resolve("cat.webp"), "no picture");
    assertThatThrownBy(() -> Image.read(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("the format is not one of ")
        .hasMessageContaining("WebP, TIFF")
        .hasMessageContaining("PNG, JPEG, GIF, BMP");
  }
}

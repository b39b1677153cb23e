package dev.quern.image.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import dev.quern.error.FormatException;
import dev.quern.error.QuernException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What files of strangers take of memory and time, and what strangers are told. */
@Timeout(300)
class HostilePicturesTest {
  private static final ImageLimits LIMITS = ImageLimits.standard();

  static Iterable<Pictures> pictures() {
    return Pictures.all();
  }

  private static long allocated() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
  }

  /** Made large, with zeros for what is coded: they mean pixels, too. */
  private static byte[] largeWebp(String name, int width, int height) {
    byte[] small = Pictures.named(name).encoded();
    byte[] large = Arrays.copyOf(small, small.length + width * height / 8);
    ByteBuffer bytes = ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(4, large.length - 8).putInt(16, large.length - 20);
    bytes.putShort(26, (short) width).putShort(28, (short) height);
    return large;
  }

  /** The decoder of lossy files keeps its blocks: that is held, too. */
  @Test
  void lossyFilesTakeMuch() {
    AtomicLong begin = new AtomicLong();
    ImageReading reading = ImageReading.within(LIMITS, bytes -> begin.set(allocated()));
    Image.read(largeWebp("lossy75.webp", 512, 512), reading);
    assertThat(reading.held()).isBetween(allocated() - begin.get(), 160L << 18);
  }

  /** Each is a pass over all pixels, in which nobody looks at the time. */
  @Test
  void transformsAreThereOnce() {
    byte[] file = Pictures.named("lossless.webp").encoded();
    byte[] twice = Arrays.copyOf(file, 26);
    twice[25] = 0b101 | 0b101 << 3; // "take green off", two times
    ByteBuffer.wrap(twice).order(ByteOrder.LITTLE_ENDIAN).putInt(4, 18).putInt(16, 6);
    assertThatThrownBy(() -> Image.read(twice))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: bytes: damaged WebP: a transform occurs twice");
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void cancellingEndsTheWork(Pictures p) {
    ImageReading[] reading = new ImageReading[1];
    reading[0] = ImageReading.within(LIMITS, bytes -> reading[0].cancel());
    assertThatThrownBy(() -> Image.read(p.encoded(), reading[0]))
        .isInstanceOf(CancellationException.class);
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void memoryIsHeldBeforeItIsTaken(Pictures p) {
    AtomicLong begin = new AtomicLong();
    ImageReading reading = ImageReading.within(LIMITS, bytes -> begin.set(allocated()));
    Image.read(p.encoded(), reading);
    assertThat(reading.held()).isGreaterThan(allocated() - begin.get());
  }

  @ParameterizedTest
  @MethodSource("pictures")
  void messagesNameNoClasses(Pictures p) {
    Random random = new Random(p.name().hashCode());
    for (int i = 0; i < 200; i++) {
      byte[] bad = p.encoded().clone();
      int count = 1 + random.nextInt(4);
      for (int j = 0; j < count; j++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      byte[] cut = i % 3 == 0 ? Arrays.copyOf(bad, random.nextInt(bad.length)) : bad;
      try {
        Image.read(cut);
      } catch (QuernException e) {
        assertThat(e.getMessage())
            .startsWith("image: bytes: ")
            .doesNotContain("java.", "javax.", "com.", "sun.", "Exception", "Error:", "null");
      }
    }
  }

  /** A JPEG inside a TIFF file has passes, too, and sizes of its own. */
  @Test
  void aJpegInsideIsAsItsTile() {
    byte[] file = Pictures.named("jpeg.tif").encoded();
    Image.read(file);
    int frame = 0;
    while (file[frame] != (byte) 0xff || file[frame + 1] != (byte) 0xc0) {
      frame++;
    }
    byte[] progressive = file.clone();
    progressive[frame + 1] = (byte) 0xc2;
    byte[] wide = file.clone();
    wide[frame + 7] = 0x7f;
    byte[] high = file.clone();
    high[frame + 5] = 0x7f;
    for (byte[] bad : new byte[][] {progressive, wide, high}) {
      assertThatThrownBy(() -> Image.read(bad))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("an embedded JPEG is progressive or differs in size from its tile");
    }
  }
}

package dev.quern.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import dev.quern.error.FormatException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.QuernException;
import dev.quern.error.TimeLimitException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small files that mean much work or much memory, and what strangers are told. */
@Timeout(300)
class HostilePicturesTest {
  private static final ImageLimits LIMITS = ImageLimits.standard();

  static List<Pictures> pictures() {
    return Pictures.all();
  }

  /** Scans are counted ahead: nothing is painted, however many there are. */
  @Test
  void scansAreBounded() {
    byte[] many = Made.scans(4000, 4000, 3324);
    assertThat(many.length).isLessThan(200_000);
    assertThatThrownBy(() -> Image.read(many, within(LIMITS.withPixels(16_000_000))))
        .isInstanceOf(FormatException.class)
        .hasMessage("image: bytes: damaged JPEG: 3325 scans exceed 24, the limit for 4000 x 4000");
    byte[] small = Made.scans(8, 8, 100_000);
    assertThatThrownBy(() -> Image.read(small))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("100001 scans exceed 500");
  }

  /** As many as photos have, at the largest size that a server takes; other files may follow. */
  @Test
  void photosHaveFewerScans() {
    byte[] photo = Made.scans(4000, 4000, 19);
    Image read = Image.read(photo, within(LIMITS.withPixels(16_000_000)));
    assertThat(read.shape().toString()).isEqualTo("1x4000x4000");
    byte[] colors = Made.progressive(4000, 4000);
    read = Image.read(colors, within(LIMITS.withPixels(16_000_000)));
    assertThat(read.shape().toString()).isEqualTo("3x4000x4000");
    byte[] progressive = Pictures.named("progressive.jpg").encoded();
    Image whole = Image.read(progressive);
    byte[] more = Arrays.copyOf(progressive, progressive.length + 4 * 2000);
    for (int i = progressive.length; i < more.length; i += 4) {
      more[i] = (byte) 0xff;
      more[i + 1] = (byte) 0xda;
      more[i + 3] = 2;
    }
    assertThat(Image.read(more)).isEqualTo(whole);
  }

  /** Every format's reader ends when it is canceled, before its pixels become an image. */
  @Test
  void cancellingEndsTheWork() {
    for (byte[] slow : Made.slow()) {
      ImageReading[] reading = new ImageReading[1];
      AtomicLong begin = new AtomicLong();
      reading[0] =
          ImageReading.within(
              LIMITS,
              bytes -> {
                reading[0].cancel();
                begin.set(Made.allocated());
              });
      assertThatThrownBy(() -> Image.read(slow, reading[0]))
          .isInstanceOf(CancellationException.class);
      long taken = Made.allocated() - begin.get();
      assertThat(taken + Image.read(slow).shape().elements()).isLessThan(reading[0].held());
    }
  }

  @Test
  void theDeadlineEndsTheWork() {
    for (byte[] slow : Made.slow()) {
      ImageReading hasty = within(LIMITS.withTime(Duration.ofMillis(1)));
      assertThatThrownBy(() -> Image.read(slow, hasty))
          .isInstanceOf(TimeLimitException.class)
          .hasMessage("image: bytes: decoding took longer than the limit of 1 ms");
    }
  }

  /** What is held ahead is not far more than is taken, and is asked for but once. */
  @Test
  void memoryIsHeldBeforeItIsTaken() {
    for (Made.Kind kind : Made.kinds()) {
      AtomicLong held = new AtomicLong();
      AtomicLong begin = new AtomicLong();
      ImageReading reading =
          ImageReading.within(
              LIMITS,
              bytes -> {
                held.addAndGet(bytes);
                begin.set(Made.allocated());
              });
      Image image = Image.read(kind.file(), reading);
      long taken = Made.allocated() - begin.get();
      assertThat(image.height()).as(kind.name()).isGreaterThan(1);
      assertThat(held.get())
          .as(kind.name())
          .isEqualTo(reading.held())
          .isGreaterThan(image.shape().elements())
          .isLessThan(4 * taken + kind.beside() + (4 << 20));
      long less = held.get() - 1;
      assertThatThrownBy(() -> Image.read(kind.file(), within(LIMITS.withBytes(less))))
          .as(kind.name())
          .isInstanceOf(MemoryLimitException.class)
          .hasMessage(
              "image: bytes: decoding takes " + held + " bytes, more than the limit of " + less);
    }
  }

  /** Where the heap has room for what is held, and for little else, every kind is read. */
  @Test
  @Tag("full")
  void whatIsHeldIsEnough() throws IOException, InterruptedException {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:NewSize=4m",
                "-XX:MaxNewSize=4m",
                "-Djava.awt.headless=true",
                "-Dquern.full=true",
                "-cp",
                path(),
                NarrowHeap.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said).endsWith("all are read\n");
    assertThat(child.waitFor()).isZero();
  }

  /** Of this JVM, whose modules are another's class path. */
  private static String path() {
    String modules = System.getProperty("jdk.module.path", "");
    return String.join(
        File.pathSeparator,
        System.getProperty("java.class.path"),
        modules,
        Path.of("target", "classes").toString(),
        Path.of("target", "test-classes").toString());
  }

  /** Who counts memory may refuse it: nothing is decoded, and the exception is its own. */
  @Test
  void whoCountsMemoryMayRefuse() {
    IllegalStateException own = new IllegalStateException("no room");
    for (Pictures p : pictures()) {
      ImageReading reading =
          ImageReading.within(
              LIMITS,
              bytes -> {
                throw own;
              });
      assertThatThrownBy(() -> Image.read(p.encoded(), reading)).as(p.name()).isSameAs(own);
    }
  }

  /** What a file says beside its pixels takes no more memory than pixels and file account for. */
  @Test
  void whatIsBesidePixelsIsBounded() {
    for (byte[] bomb : Made.besidePixels()) {
      long begin = Made.allocated();
      try {
        Image.read(bomb);
      } catch (FormatException e) {
        assertThat(e.getMessage()).doesNotContain("Exception");
      }
      assertThat(Made.allocated() - begin).isLessThan((64 << 20) + 8L * bomb.length);
    }
  }

  /** Strangers read what is wrong, and no names of classes. */
  @ParameterizedTest
  @MethodSource("pictures")
  void messagesNameNoClasses(Pictures p) {
    Random random = new Random(p.name().hashCode());
    for (int i = 0; i < (Boolean.getBoolean("quern.full") ? 100 : 25); i++) {
      byte[] bad = p.encoded().clone();
      int count = 1 + random.nextInt(4);
      for (int j = 0; j < count; j++) {
        bad[random.nextInt(Math.min(bad.length, 200 + random.nextInt(bad.length)))] =
            (byte) random.nextInt(256);
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

  private static ImageReading within(ImageLimits limits) {
    return ImageReading.within(limits);
  }
}

package dev.quern.image.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.quern.data.Image;
import dev.quern.error.FormatException;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Small files that tell of much. */
class HostileFilesTest {
  private static final int HEADER = 12;
  private static final int MOST_BYTES = 64 << 20;

  private static byte[] chunk(String kind, byte... data) {
    ByteBuffer out = ByteBuffer.allocate(8 + data.length + data.length % 2);
    out.order(ByteOrder.LITTLE_ENDIAN).put(kind.getBytes(StandardCharsets.US_ASCII));
    return out.putInt(data.length).put(data).array();
  }

  /** The chunk of a kind, the first one, with its header. */
  private static byte[] chunk(byte[] file, String kind) {
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int at = HEADER;
    while (!new String(file, at, 4, StandardCharsets.US_ASCII).equals(kind)) {
      at += 8 + in.getInt(at + 4) + in.getInt(at + 4) % 2;
    }
    return Arrays.copyOfRange(file, at, at + 8 + in.getInt(at + 4) + in.getInt(at + 4) % 2);
  }

  private static byte[] webp(byte[]... chunks) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes("WEBP".getBytes(StandardCharsets.US_ASCII));
    for (byte[] c : chunks) {
      all.writeBytes(c);
    }
    return chunk("RIFF", all.toByteArray());
  }

  private static void refused(byte[] file, String why) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> Image.read(file))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(why);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(MOST_BYTES);
  }

  @Test
  void aStillPictureHasOneChunkOfPixels() {
    byte[] file = Pictures.named("lossy-alpha.webp").encoded();
    byte[] head = chunk(file, "VP8X");
    byte[] alpha = chunk(file, "ALPH");
    byte[] pixels = chunk(file, "VP8 ");
    assertThat(Image.read(webp(head, alpha, pixels))).isEqualTo(Image.read(file));
    byte[] large = pixels.clone();
    ByteBuffer.wrap(large).order(ByteOrder.LITTLE_ENDIAN).putInt(14, 16383 << 16 | 16383);
    refused(webp(head, alpha, pixels, large), "the file has more than one image");
    refused(webp(head, alpha, pixels, pixels), "the file has more than one image");
    refused(webp(head, alpha, alpha, pixels), "the file has more than one alpha channel");
    refused(webp(head, alpha, pixels, alpha), "the file has more than one alpha channel");
    refused(webp(head, alpha), "damaged WebP: it contains no image");
    byte[] frame = chunk(Pictures.named("animated.webp").encoded(), "ANMF");
    byte[] wide = head.clone();
    Arrays.fill(wide, 12, 18, (byte) 0);
    wide[13] = wide[16] = 1; // 257 x 257
    refused(webp(wide, frame, pixels), "the file has more than one image");
    refused(webp(head, pixels, chunk("ANMF", new byte[4])), "header of an image is truncated");
  }

  /** All of the pictures are looked at, and all of each. */
  @Test
  void anAnimationsPicturesAreInside() {
    byte[] file = Pictures.named("animated.webp").encoded();
    byte[] head = chunk(file, "VP8X");
    byte[] anim = chunk(file, "ANIM");
    byte[] frame = chunk(file, "ANMF");
    assertThat(Image.read(webp(head, anim, frame, frame))).isEqualTo(Image.read(file));
    byte[] moved = frame.clone();
    moved[10] = 1; // 65,536 pixels to the left, twice
    refused(webp(head, anim, frame, moved), "an image is outside the canvas");
    byte[] told = frame.clone();
    told[16] = 1;
    refused(webp(head, anim, frame, told), "header declares");
    byte[] data = Arrays.copyOfRange(frame, 8, frame.length);
    byte[] inner = Arrays.copyOfRange(data, 16, data.length);
    byte[] twice = Arrays.copyOf(data, data.length + inner.length);
    System.arraycopy(inner, 0, twice, data.length, inner.length);
    refused(webp(head, anim, frame, chunk("ANMF", twice)), "more than one image");
    refused(webp(head, anim, chunk("ANMF", Arrays.copyOf(data, 16))), "does not contain pixels");
  }

  @Test
  void aColourProfileIsAsLongAsItSays() {
    byte[] file = Pictures.named("lossless-turned.webp").encoded();
    byte[] head = chunk(file, "VP8X");
    head[8] |= 0x20; // there is a profile
    byte[] pixels = chunk(file, "VP8L");
    byte[] profile = new byte[132];
    profile[0] = 0x7f; // of its own bytes, 2 GB
    refused(webp(head, chunk("ICCP", profile), pixels), "the color profile has 2130706432 bytes");
    profile[0] = -1;
    refused(webp(head, chunk("ICCP", profile), pixels), "the color profile has -16777216 bytes");
    refused(webp(head, chunk("ICCP", new byte[7]), pixels), "profile has 0 bytes in a chunk of 7");
  }

  /** A tag of 256 MB of text in a file of 40 bytes. */
  @Test
  void aTagIsNoLongerThanItsFile() {
    ByteBuffer tiff = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN);
    tiff.put("II".getBytes(StandardCharsets.US_ASCII)).putShort((short) 42).putInt(8);
    tiff.putShort((short) 1).putShort((short) 270).putShort((short) 2).putInt(1 << 28).putInt(8);
    refused(tiff.array(), "damaged TIFF: ");
  }

  /** A tile takes its memory whole, however small the page. */
  @Test
  void aTileIsNoLargerThanAPicture() {
    byte[] file = Pictures.named("tiles.tif").encoded();
    ByteBuffer tiff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int directory = tiff.getInt(4);
    for (int i = 0; i < tiff.getShort(directory); i++) {
      int entry = directory + 2 + 12 * i;
      if (tiff.getShort(entry) == 322 || tiff.getShort(entry) == 323) { // its width and height
        tiff.putShort(entry + 8, (short) 65520);
      }
    }
    refused(file, "65520 x 65520 pixels exceed the maximum of ");
  }
}

package dev.quern.image.decode;

import com.sun.management.ThreadMXBean;
import dev.quern.data.ImageReading;
import java.awt.image.BufferedImage;
import java.lang.management.ManagementFactory;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadUpdateListener;
import org.jspecify.annotations.Nullable;

/**
 * A watchdog that stops a reader of ImageIO by throwing an exception from a callback. A reader is
 * stopped if it exceeds its timeout, makes more passes than the file has scans, or needs more
 * memory than the number of pixels explains. ImageIO's own abort would still read the remaining
 * scans of a JPEG.
 */
final class Watch implements IIOReadUpdateListener {
  private static final @Nullable ThreadMXBean THREADS = threads();

  private final ImageReading reading;
  private final long begin = allocated();
  private long room;
  private int passes;
  private int mostPasses = Integer.MAX_VALUE;

  /** Creates a watchdog for a reader on the calling thread. */
  Watch(ImageReading reading, long room) {
    this.reading = reading;
    this.room = room;
  }

  /**
   * Returns the thread bean of HotSpot-based JVMs, which reports allocated memory; null on other
   * JVMs, where only the file's size limits memory.
   */
  private static @Nullable ThreadMXBean threads() {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean t
            && t.isThreadAllocatedMemorySupported()
            && t.isThreadAllocatedMemoryEnabled()
        ? t
        : null;
  }

  private static long allocated() {
    return THREADS == null ? 0 : THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
  }

  /** Adds {@code bytes} to the memory that the reader may allocate, including garbage. */
  void allow(long bytes) {
    room += bytes;
  }

  void allowPasses(int most) {
    mostPasses = most;
  }

  void check() {
    reading.check();
    if (allocated() - begin > room) {
      throw new DamagedException("decoding takes more memory than its number of pixels explains");
    }
  }

  @Override
  public void passStarted(
      ImageReader source,
      BufferedImage image,
      int pass,
      int minPass,
      int maxPass,
      int x,
      int y,
      int periodX,
      int periodY,
      int[] bands) {
    if (++passes > mostPasses) {
      throw new DamagedException("the image has more than " + mostPasses + " scans");
    }
    check();
  }

  @Override
  public void imageUpdate(
      ImageReader source,
      BufferedImage image,
      int x,
      int y,
      int width,
      int height,
      int periodX,
      int periodY,
      int[] bands) {
    check();
  }

  @Override
  public void passComplete(ImageReader source, BufferedImage image) {
    check();
  }

  @Override
  public void thumbnailPassStarted(
      ImageReader source,
      BufferedImage thumbnail,
      int pass,
      int minPass,
      int maxPass,
      int x,
      int y,
      int periodX,
      int periodY,
      int[] bands) {
    check();
  }

  @Override
  public void thumbnailUpdate(
      ImageReader source,
      BufferedImage thumbnail,
      int x,
      int y,
      int width,
      int height,
      int periodX,
      int periodY,
      int[] bands) {
    check();
  }

  @Override
  public void thumbnailPassComplete(ImageReader source, BufferedImage thumbnail) {
    check();
  }
}

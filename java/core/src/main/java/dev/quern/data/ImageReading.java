package dev.quern.data;

import dev.quern.error.MemoryLimitException;
import dev.quern.error.TimeLimitException;
import dev.quern.internal.arguments.Require;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Limits and cancellation for the decoding of one image. The caller may cancel the decoding from
 * any thread; an {@link ImageReader} checks the limits before allocating memory and during
 * decoding.
 *
 * <pre>{@code
 * Image image = Image.read(bytes, ImageReading.within(ImageLimits.standard().withPixels(1_000_000)));
 * }</pre>
 */
public final class ImageReading {
  private final ImageLimits limits;
  private final LongConsumer memory;
  private final long begin = System.nanoTime();

  private volatile boolean cancelled;
  private @Nullable RuntimeException refusal;
  private long held;

  private ImageReading(ImageLimits limits, LongConsumer memory) {
    this.limits = limits;
    this.memory = memory;
  }

  /** Creates an {@code ImageReading} with these limits; the time limit starts now. */
  public static ImageReading within(ImageLimits limits) {
    return within(limits, bytes -> {});
  }

  /**
   * Creates an {@code ImageReading} that calls {@code memory} before memory for decoding is
   * allocated.
   *
   * @param memory receives the number of bytes that decoding is about to allocate. If {@code
   *     memory} throws, the image is not decoded, and {@code Image.read} throws the same exception
   */
  public static ImageReading within(ImageLimits limits, LongConsumer memory) {
    return new ImageReading(
        Require.present("image", "limits", limits), Require.present("image", "memory", memory));
  }

  public ImageLimits limits() {
    return limits;
  }

  /**
   * Cancels the decoding: {@code Image.read} soon throws a {@link CancellationException}.
   * Thread-safe.
   */
  public void cancel() {
    cancelled = true;
  }

  /**
   * Requests memory; a reader calls this method before it decodes pixels.
   *
   * @param bytes an upper bound of the memory for decoding, including the image
   * @throws MemoryLimitException if the total exceeds the limit
   */
  public void hold(long bytes) {
    if (bytes > limits.bytes()) {
      refusal =
          new MemoryLimitException(
              "decoding takes " + bytes + " bytes, more than the limit of " + limits.bytes());
      throw refusal;
    }
    try {
      memory.accept(bytes);
    } catch (RuntimeException e) {
      refusal = e;
      throw e;
    }
    held += bytes;
  }

  /** Returns the total bytes requested with {@link #hold}. */
  public long held() {
    return held;
  }

  /**
   * Checks that decoding may continue; a reader calls this method at least every few milliseconds.
   *
   * @throws TimeLimitException if the time limit is exceeded
   * @throws CancellationException if the decoding was canceled
   */
  public void check() {
    if (refusal != null) {
      throw refusal;
    }
    if (cancelled) {
      throw new CancellationException("image: the decoding was canceled");
    }
    if (System.nanoTime() - begin > limits.time().toNanos()) {
      throw new TimeLimitException(
          "decoding took longer than the limit of " + limits.time().toMillis() + " ms");
    }
  }
}

package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.time.Duration;

/**
 * Limits for decoding one image from an untrusted source. Immutable and thread-safe.
 *
 * @param pixels maximum height times width, from 1 to {@link Image#MOST_PIXELS}, checked before
 *     pixels are decoded; default {@code MOST_PIXELS}. If a file, such as a progressive JPEG, is
 *     decoded in several passes, all passes together may process at most 24 times as many pixels
 * @param bytes maximum memory for decoding in bytes, estimated from the file's header, at least 1;
 *     default the JVM's maximum heap
 * @param time maximum time from the creation of an {@link ImageReading} to the end of decoding,
 *     from 1 millisecond to 1 day; default 2 minutes
 */
public record ImageLimits(long pixels, long bytes, Duration time) {
  private static final Duration MOST_TIME = Duration.ofDays(1);

  /**
   * Checks the limits.
   *
   * @throws InvalidArgumentException if a limit is outside its range
   */
  public ImageLimits {
    Require.present("image", "time", time);
    if (pixels < 1 || pixels > Image.MOST_PIXELS) {
      throw new InvalidArgumentException(
          "image: pixels " + pixels + " is outside [1, " + Image.MOST_PIXELS + "]");
    }
    if (bytes < 1) {
      throw new InvalidArgumentException("image: bytes " + bytes + " must be at least 1");
    }
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(MOST_TIME) > 0) {
      throw new InvalidArgumentException("image: time " + time + " must be from 1 ms to 1 day");
    }
  }

  /** Returns the default limits, which {@link Image#read(byte[])} uses. */
  public static ImageLimits standard() {
    return new ImageLimits(
        Image.MOST_PIXELS, Runtime.getRuntime().maxMemory(), Duration.ofMinutes(2));
  }

  /** Returns a copy with another pixel limit. */
  public ImageLimits withPixels(long most) {
    return new ImageLimits(most, bytes, time);
  }

  /** Returns a copy with another memory limit, in bytes. */
  public ImageLimits withBytes(long most) {
    return new ImageLimits(pixels, most, time);
  }

  /** Returns a copy with another time limit. */
  public ImageLimits withTime(Duration most) {
    return new ImageLimits(pixels, bytes, most);
  }
}

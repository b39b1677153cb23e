package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.time.Duration;

/**
 * Limits for decoding one image from an untrusted source. Immutable and thread-safe.
 *
 * @param pixels height times width, from 1 to {@link Image#MOST_PIXELS}, checked before pixels are
 *     decoded; default {@code MOST_PIXELS}. It also bounds the work: a file with passes over more
 *     than 24 times as many pixels is rejected
 * @param bytes memory for decoding, estimated from the file's header, at least 1; default the JVM's
 *     largest heap
 * @param time time since an {@link ImageReading} was created, at least a millisecond; default 2
 *     minutes
 */
public record ImageLimits(long pixels, long bytes, Duration time) {
  private static final Duration MOST_TIME = Duration.ofDays(1);

  /**
   * Checks each.
   *
   * @throws InvalidArgumentException if one is outside
   */
  public ImageLimits {
    Require.present("image", "time", time);
    if (pixels < 1 || pixels > Image.MOST_PIXELS) {
      throw new InvalidArgumentException(
          "image: pixels " + pixels + " is outside [1, " + Image.MOST_PIXELS + "]");
    }
    if (bytes < 1) {
      throw new InvalidArgumentException("image: bytes " + bytes + " is less than 1");
    }
    if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(MOST_TIME) > 0) {
      throw new InvalidArgumentException(
          "image: time " + time + " is not between a millisecond and a day");
    }
  }

  /** The defaults: those of {@link Image#read(byte[])}. */
  public static ImageLimits standard() {
    return new ImageLimits(
        Image.MOST_PIXELS, Runtime.getRuntime().maxMemory(), Duration.ofMinutes(2));
  }

  /** These limits with another one of pixels. */
  public ImageLimits withPixels(long most) {
    return new ImageLimits(most, bytes, time);
  }

  /** These limits with another one of memory. */
  public ImageLimits withBytes(long most) {
    return new ImageLimits(pixels, most, time);
  }

  /** These limits with another one of time. */
  public ImageLimits withTime(Duration most) {
    return new ImageLimits(pixels, bytes, most);
  }
}

package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import dev.quern.error.TimeLimitException;
import dev.quern.serve.http.HttpError;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;

/**
 * Decodes pictures on threads of its own, so that no picture, however much work it is, keeps the
 * threads that read other requests and write responses. So many wait for them, and no more. Safe
 * for threads.
 */
final class Decoding {
  /** How many pictures may wait. */
  static final int MOST_WAITING = 64;

  private static final int BUSY = 503;
  private static final long IDLE_SECONDS = 30;

  private final ImageLimits limits;
  private final ThreadPoolExecutor threads;

  /**
   * @param maxPixels height times width of a picture
   */
  Decoding(long maxPixels) {
    this(maxPixels, Math.max(1, Runtime.getRuntime().availableProcessors() - 1), MOST_WAITING);
  }

  Decoding(long maxPixels, int threads, int waiting) {
    // a quarter of the heap is left to models and other requests
    long bytes = Math.max(1, Runtime.getRuntime().maxMemory() / 4 * 3);
    limits = ImageLimits.standard().withPixels(maxPixels).withBytes(bytes);
    AtomicInteger number = new AtomicInteger();
    this.threads =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            task -> {
              Thread thread = new Thread(task, "quern-serve-decode-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    this.threads.allowCoreThreadTimeOut(true);
  }

  /**
   * The picture in a file. Cancelling the future ends its decoding, also while it runs.
   *
   * @param left nanoseconds from now on, waiting included, after which it ends
   * @param memory is told the bytes that decoding takes, before they are taken, and may throw
   * @throws HttpError if too many wait
   */
  CompletableFuture<Image> decode(byte[] file, long left, LongConsumer memory) {
    if (left <= TimeUnit.MILLISECONDS.toNanos(1)) {
      throw late();
    }
    ImageReading reading = ImageReading.within(limits.withTime(Duration.ofNanos(left)), memory);
    CompletableFuture<Image> image = new CompletableFuture<>();
    Runnable task = () -> decode(file, reading, image);
    image.whenComplete(
        (made, failure) -> {
          if (image.isCancelled()) {
            reading.cancel();
            threads.remove(task); // it would keep its place among those that wait
          }
        });
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      throw new HttpError(
          BUSY, "predict: " + threads.getQueue().size() + " pictures wait to be decoded");
    }
    return image;
  }

  private static void decode(byte[] file, ImageReading reading, CompletableFuture<Image> image) {
    try {
      image.complete(Image.read(file, reading));
    } catch (TimeLimitException e) {
      image.completeExceptionally(late());
    } catch (Throwable e) { // also an error: its request is answered, and the thread goes on
      image.completeExceptionally(e);
    }
  }

  private static DeadlineException late() {
    return new DeadlineException("predict: the picture was not decoded in the request's time");
  }

  /** Pictures that wait for a thread. */
  int waiting() {
    return threads.getQueue().size();
  }

  /** Decodes what waits, takes no more, and ends its threads. */
  void end() {
    threads.shutdown();
  }
}

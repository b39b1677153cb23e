package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.data.ImageLimits;
import dev.quern.data.ImageReading;
import dev.quern.error.TimeLimitException;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Workers;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes images on separate threads, so that an expensive image cannot block the threads that read
 * other requests and write responses. Images whose decoding needs much memory, and therefore much
 * time, have a separate queue and never occupy all threads. Thread-safe.
 */
final class Decoding implements AutoCloseable {
  /** Maximum number of images in each of the two queues, for small and for large images. */
  static final int MOST_WAITING = 64;

  /**
   * An image counts as large if decoding needs at least this many bytes; that takes about 100 ms.
   */
  private static final long LARGE = 16 << 20;

  private static final int BUSY = 503;

  private final ImageLimits limits;
  private final Workers workers;

  /**
   * Starts the threads: one less than the number of cores, but at least two.
   *
   * @param maxPixels the largest height times width of an image
   */
  Decoding(long maxPixels) {
    this(maxPixels, Runtime.getRuntime().availableProcessors() - 1, MOST_WAITING);
  }

  /**
   * Starts the threads.
   *
   * @param maxPixels the largest height times width of an image
   * @param threads the number of threads, at least two
   * @param waiting the maximum number of images in each queue
   */
  Decoding(long maxPixels, int threads, int waiting) {
    // a quarter of the heap remains for models and other requests
    long bytes = Math.max(1, Runtime.getRuntime().maxMemory() / 4 * 3);
    limits = ImageLimits.standard().withPixels(maxPixels).withBytes(bytes);
    workers = new Workers(threads, waiting, new DefaultThreadFactory("quern-serve-decode", true));
  }

  /**
   * Decodes the image in a file. Canceling the future stops the decoding, even while it runs.
   *
   * @param left timeout in nanoseconds from now on, including the time in the queue
   * @param memory called with the number of bytes that decoding needs, before they are allocated;
   *     may throw an exception to reject the image
   * @throws HttpError if too many images are waiting
   */
  CompletableFuture<Image> decode(byte[] file, long left, LongConsumer memory) {
    Job job = new Job(file, System.nanoTime() + left, memory);
    job.offer();
    return job.image;
  }

  /** Thrown if an image's header shows that the image is large, before memory is allocated. */
  private static final class LargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LargeException() {
      super("large", null, false, false);
    }
  }

  /** The decoding of one image, which counts as small until its header shows that it is large. */
  private final class Job implements Runnable {
    final CompletableFuture<Image> image = new CompletableFuture<>();
    private final byte[] file;
    private final long until;
    private final LongConsumer memory;
    private volatile boolean large;
    private volatile @Nullable ImageReading reading;

    Job(byte[] file, long until, LongConsumer memory) {
      this.file = file;
      this.until = until;
      this.memory = memory;
      image.whenComplete(
          (made, failure) -> {
            if (image.isCancelled()) {
              cancel();
            }
          });
    }

    void offer() {
      if (!workers.offer(this, large)) {
        throw new HttpError(BUSY, "predict: too many images are waiting to be decoded");
      }
    }

    private void cancel() {
      workers.remove(this); // otherwise it would still occupy a place in the queue
      ImageReading running = reading;
      if (running != null) {
        running.cancel();
      }
    }

    @Override
    public void run() {
      try {
        image.complete(Image.read(file, begun()));
      } catch (LargeException e) {
        large = true;
        again();
      } catch (TimeLimitException e) {
        image.completeExceptionally(late());
      } catch (
          Throwable e) { // errors, too: the request gets its response, and the thread continues
        image.completeExceptionally(e);
      }
    }

    private ImageReading begun() {
      long left = until - System.nanoTime();
      if (left <= TimeUnit.MILLISECONDS.toNanos(1)) {
        throw late();
      }
      ImageReading begun = ImageReading.within(limits.withTime(Duration.ofNanos(left)), this::hold);
      reading = begun;
      if (image.isDone()) { // canceled meanwhile
        begun.cancel();
      }
      return begun;
    }

    private void hold(long bytes) {
      if (!large && bytes >= LARGE) {
        throw new LargeException();
      }
      memory.accept(bytes);
    }

    private void again() {
      try {
        offer();
      } catch (HttpError e) {
        image.completeExceptionally(e);
      }
    }
  }

  private static DeadlineException late() {
    return new DeadlineException("predict: the image was not decoded within the request's timeout");
  }

  /** Returns the number of images in the queues. */
  int waiting() {
    return workers.waiting();
  }

  /** Stops the threads and discards the images in the queues. */
  @Override
  public void close() {
    workers.close();
  }
}

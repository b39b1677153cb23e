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
 * Decodes images on threads of its own, so that no image, however much work it is, keeps the
 * threads that read other requests and write responses. Images that take much memory, and so much
 * time, wait in a line of their own and never take the last thread. Safe for threads.
 */
final class Decoding implements AutoCloseable {
  /** How many images may wait, small and large ones each. */
  static final int MOST_WAITING = 64;

  /** Bytes that the decoding of a large image takes at least: some 100 ms of work. */
  private static final long LARGE = 16 << 20;

  private static final int BUSY = 503;

  private final ImageLimits limits;
  private final Workers workers;

  /**
   * @param maxPixels height times width of an image
   */
  Decoding(long maxPixels) {
    this(maxPixels, Runtime.getRuntime().availableProcessors() - 1, MOST_WAITING);
  }

  /**
   * @param threads at least; there are two or more
   */
  Decoding(long maxPixels, int threads, int waiting) {
    // a quarter of the heap is left to models and other requests
    long bytes = Math.max(1, Runtime.getRuntime().maxMemory() / 4 * 3);
    limits = ImageLimits.standard().withPixels(maxPixels).withBytes(bytes);
    workers = new Workers(threads, waiting, new DefaultThreadFactory("quern-serve-decode", true));
  }

  /**
   * The image in a file. Cancelling the future ends its decoding, also while it runs.
   *
   * @param left nanoseconds from now on, waiting included, after which it ends
   * @param memory is told the bytes that decoding takes, before they are taken, and may throw
   * @throws HttpError if too many wait
   */
  CompletableFuture<Image> decode(byte[] file, long left, LongConsumer memory) {
    Job job = new Job(file, System.nanoTime() + left, memory);
    job.offer();
    return job.image;
  }

  /** Thrown where an image turns out to be a large one, before memory is taken for it. */
  private static final class LargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LargeException() {
      super("large", null, false, false);
    }
  }

  /** An image that is decoded as a small one until its header says that it is large. */
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
        throw new HttpError(BUSY, "predict: too many images wait to be decoded");
      }
    }

    private void cancel() {
      workers.remove(this); // it would keep its place among those that wait
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
      } catch (Throwable e) { // also an error: its request is answered, and the thread goes on
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
      if (image.isDone()) { // cancelled meanwhile
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
    return new DeadlineException("predict: the image was not decoded in the request's time");
  }

  /** Images that wait for a thread. */
  int waiting() {
    return workers.waiting();
  }

  /** Ends the threads, once nobody waits for an image any more. */
  @Override
  public void close() {
    workers.close();
  }
}

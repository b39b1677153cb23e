package dev.quern.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Reads the samples of a batch on several threads, one of which is the caller's. */
final class ParallelRead {
  private final AtomicInteger next = new AtomicInteger();

  /** The index of the first sample that failed; the batch's size if none has failed. */
  private volatile int failed;

  private Throwable failure;

  private ParallelRead(int size) {
    failed = size;
  }

  /**
   * Reads all samples, and returns when they are read. If several samples fail, the exception of
   * the first failed sample is thrown. Since reads are started in the order of the samples, this
   * exception does not depend on the number of threads.
   *
   * @param workers creates a reader for each thread; readers are called with sample indices
   */
  static void run(int size, int threads, Executor pool, Supplier<IntConsumer> workers) {
    ParallelRead all = new ParallelRead(size);
    List<CompletableFuture<Void>> others = new ArrayList<>();
    try {
      for (int t = 1; t < Math.min(threads, size); t++) {
        others.add(CompletableFuture.runAsync(() -> all.go(workers), pool));
      }
    } catch (OutOfMemoryError e) {
      // no further thread can be started: the others read all samples
    }
    all.go(workers);
    others.forEach(CompletableFuture::join);
    if (all.failure instanceof Error e) {
      throw e;
    } else if (all.failure instanceof RuntimeException e) {
      throw e;
    }
  }

  private void go(Supplier<IntConsumer> workers) {
    int i = 0;
    try {
      IntConsumer worker = workers.get();
      for (i = next.getAndIncrement(); i < failed; i = next.getAndIncrement()) {
        worker.accept(i);
      }
    } catch (RuntimeException | Error e) {
      fail(i, e);
    }
  }

  private synchronized void fail(int sample, Throwable e) {
    if (failure == null || sample < failed) {
      failure = e;
      failed = sample;
    }
  }
}

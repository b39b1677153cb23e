package dev.quern.feed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/** Does something with each sample of a batch on several threads, the caller's among them. */
final class ParallelRead {
  private final AtomicInteger next = new AtomicInteger();

  /** The first sample that failed; the batch's size while none has. */
  private volatile int failed;

  private Throwable failure;

  private ParallelRead(int size) {
    failed = size;
  }

  /**
   * Returns when all samples are read. Of several failures the first sample's is thrown: samples
   * are started in order, so this is the same for any number of threads.
   *
   * @param workers creates a thread's own reader, which is called with samples' indices
   */
  static void run(int size, int threads, Executor pool, Supplier<IntConsumer> workers) {
    ParallelRead all = new ParallelRead(size);
    List<CompletableFuture<Void>> others = new ArrayList<>();
    try {
      for (int t = 1; t < Math.min(threads, size); t++) {
        others.add(CompletableFuture.runAsync(() -> all.go(workers), pool));
      }
    } catch (OutOfMemoryError e) {
      // no thread to be had: those that are there do it all
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

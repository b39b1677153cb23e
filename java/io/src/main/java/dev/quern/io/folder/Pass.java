package dev.quern.io.folder;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Parallel processing of files on several threads, one of which is the caller's. */
final class Pass {
  private final int size;
  private final IntConsumer work;
  private final IntConsumer done;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private Pass(int size, IntConsumer work, IntConsumer done) {
    this.size = size;
    this.work = work;
    this.done = done;
  }

  /**
   * Calls {@code work} once with each number from 0 to {@code size - 1}. The first exception ends
   * the processing and is thrown. An interrupt does not end it.
   *
   * @param done called regularly on the caller's thread with the number of processed files
   */
  static void run(int size, int threads, IntConsumer work, IntConsumer done) {
    Pass pass = new Pass(size, work, done);
    List<Thread> others = new ArrayList<>();
    try {
      for (int t = 1; t < Math.min(threads, size); t++) {
        Thread thread = new Thread(() -> pass.go(false), "quern-folder");
        thread.setDaemon(true);
        thread.start();
        others.add(thread);
      }
    } catch (OutOfMemoryError e) {
      // no more threads are available: the existing ones do all the work
    }
    pass.go(true);
    others.forEach(Pass::await);
    Throwable failed = pass.failure.get();
    if (failed instanceof Error e) {
      throw e;
    } else if (failed instanceof RuntimeException e) {
      throw e;
    }
    done.accept(size);
  }

  private void go(boolean tells) {
    try {
      for (int i = next.getAndIncrement(); i < size; i = next.getAndIncrement()) {
        work.accept(i);
        int count = finished.incrementAndGet();
        if (tells) {
          done.accept(count);
        }
      }
    } catch (RuntimeException | Error e) {
      failure.compareAndSet(null, e);
      next.set(size);
    }
  }

  private static void await(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

package dev.quern.serve.http;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Threads for blocking work. They survive any exception, and are started in advance, so that no
 * thread needs to be created under load.
 *
 * <p>Responses have priority over requests. One thread never processes large requests, so that
 * small requests do not have to wait for large ones.
 */
public final class Workers implements Executor, AutoCloseable {
  private static final int LEAST_THREADS = 2;

  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Runnable> answers = new ArrayDeque<>();
  private final Queue<Runnable> small = new ArrayDeque<>();
  private final Queue<Runnable> large = new ArrayDeque<>();
  private final int mostWaiting;
  private final int mostLarge;
  private int runningLarge;
  private boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads the number of threads, at least two
   * @param mostWaiting the maximum number of requests in each of the two queues, for small and for
   *     large requests
   */
  public Workers(int threads, int mostWaiting, ThreadFactory factory) {
    int count = Math.max(LEAST_THREADS, threads);
    this.mostWaiting = mostWaiting;
    mostLarge = count - 1;
    try {
      for (int i = 0; i < count; i++) {
        Thread t = factory.newThread(() -> Enduring.run(this::run));
        t.start();
        this.threads.add(t);
      }
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  /** Queues the work for a response, with priority over requests; does nothing after closing. */
  @Override
  public synchronized void execute(Runnable answer) {
    if (!closed) {
      answers.add(answer);
      notify();
    }
  }

  /** Queues a request's work; returns false if the queue is full or closed. */
  public synchronized boolean offer(Runnable work, boolean isLarge) {
    Queue<Runnable> line = isLarge ? large : small;
    if (closed || line.size() >= mostWaiting) {
      return false;
    }
    line.add(work);
    notify();
    return true;
  }

  /** Removes queued work; does nothing if it is running or finished. */
  public synchronized void remove(Runnable work) {
    if (!small.remove(work)) {
      large.remove(work);
    }
  }

  /** Returns the number of queued requests. */
  public synchronized int waiting() {
    return small.size() + large.size();
  }

  private void run() {
    for (boolean more = true; more; ) {
      try {
        more = runOne();
      } catch (Throwable e) {
        Log.warn("serve: processing a request failed", e);
      }
    }
  }

  /** Waits for a task and runs it; returns false after closing. */
  private boolean runOne() {
    boolean isLarge = false;
    Runnable next;
    synchronized (this) {
      while ((next = answerOrSmall()) == null && !(isLarge = mayRunLarge())) {
        if (closed) {
          return false;
        }
        await();
      }
      if (isLarge) {
        next = large.remove();
        runningLarge++;
      }
    }
    try {
      next.run();
    } finally {
      if (isLarge) {
        endLarge();
      }
    }
    return true;
  }

  private @Nullable Runnable answerOrSmall() {
    Runnable answer = answers.poll();
    return answer == null ? small.poll() : answer;
  }

  private boolean mayRunLarge() {
    return runningLarge < mostLarge && !large.isEmpty();
  }

  private synchronized void endLarge() {
    runningLarge--;
    notify(); // this thread may take a small one next, while another can take a large one
  }

  private void await() {
    try {
      wait();
    } catch (InterruptedException e) {
      // these threads stop only by close(); whether it was called is checked again
    }
  }

  /** Discards queued work, and interrupts running work. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      answers.clear();
      small.clear();
      large.clear();
      notifyAll();
    }
    threads.forEach(Thread::interrupt);
  }
}

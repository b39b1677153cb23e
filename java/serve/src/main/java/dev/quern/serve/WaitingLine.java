package dev.quern.serve;

import dev.quern.error.ClosedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The queue of requests, in the order of their arrival. Thread-safe. */
final class WaitingLine<Q> {
  private final int mostSamples;
  private final int mostWaiting;
  private final long window;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting<Q>> waiting = new ArrayDeque<>();
  private long samples;
  private boolean closed;

  /**
   * Creates an empty queue.
   *
   * @param mostSamples the largest number of samples in a batch; a single request may have more
   * @param mostWaiting the largest number of samples in the queue; a request with more is accepted
   *     if the queue is empty
   * @param window the time in nanoseconds for which a batch waits for further requests
   */
  WaitingLine(int mostSamples, int mostWaiting, long window) {
    this.mostSamples = mostSamples;
    this.mostWaiting = mostWaiting;
    this.window = window;
  }

  void add(Waiting<Q> w) {
    lock.lock();
    try {
      if (closed) {
        throw new ClosedException("serve: the model is closed");
      }
      if (!hasRoom(w)) {
        dropGone();
      }
      if (!hasRoom(w)) {
        throw new OverloadedException(
            "serve: the queue is full: "
                + samples
                + " of at most "
                + mostWaiting
                + " samples are waiting");
      }
      samples += w.samples();
      waiting.add(w);
      if (waiting.size() == 1 || samples >= mostSamples) { // another waiting thread takes over
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(Waiting<Q> w) {
    return samples == 0 || samples + w.samples() <= mostWaiting;
  }

  int samples() {
    lock.lock();
    try {
      return (int) Math.min(Integer.MAX_VALUE, samples);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next batch, and removes its requests from the queue.
   *
   * @param late receives the requests that timed out; if any have timed out, the method returns at
   *     once, possibly with an empty batch
   * @return null if the queue is closed and empty
   */
  @Nullable List<Waiting<Q>> next(List<Waiting<Q>> late) {
    lock.lock();
    try {
      while (true) {
        drop(late);
        Waiting<Q> first = waiting.peek();
        if (first == null) {
          if (closed || !late.isEmpty()) {
            return closed ? null : List.of();
          }
          changed.awaitUninterruptibly();
          continue;
        }
        long left = first.since() + window - System.nanoTime();
        if (left <= 0 || closed || samplesOf(first.kind()) >= mostSamples) {
          return take(first.kind());
        }
        if (!late.isEmpty()) {
          return List.of();
        }
        await(Math.min(left, untilLate()));
      }
    } finally {
      lock.unlock();
    }
  }

  /** Removes and returns the requests that timed out. */
  List<Waiting<Q>> late() {
    List<Waiting<Q>> late = new ArrayList<>();
    lock.lock();
    try {
      drop(late);
    } finally {
      lock.unlock();
    }
    return late;
  }

  private void await(long nanos) {
    try {
      changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // the batcher's thread stops only by close(); the remaining time is computed again
    }
  }

  /** Returns the nanoseconds until the first request times out. */
  private long untilLate() {
    long now = System.nanoTime();
    return 1 + waiting.stream().mapToLong(w -> w.until() - now).min().orElse(0);
  }

  /** Removes canceled requests, and moves those that timed out to {@code late}. */
  private void drop(List<Waiting<Q>> late) {
    dropGone();
    long now = System.nanoTime();
    drop(w -> now - w.until() > 0, late);
  }

  private void dropGone() {
    drop(w -> w.answer().isDone(), new ArrayList<>());
  }

  private void drop(Predicate<Waiting<Q>> which, List<Waiting<Q>> dropped) {
    Iterator<Waiting<Q>> all = waiting.iterator();
    while (all.hasNext()) {
      Waiting<Q> w = all.next();
      if (which.test(w)) {
        all.remove();
        samples -= w.samples();
        dropped.add(w);
      }
    }
  }

  private long samplesOf(Object kind) {
    long n = 0;
    for (Waiting<Q> w : waiting) {
      n += w.kind().equals(kind) ? w.samples() : 0;
    }
    return n;
  }

  private List<Waiting<Q>> take(Object kind) {
    List<Waiting<Q>> batch = new ArrayList<>();
    int taken = 0;
    Iterator<Waiting<Q>> all = waiting.iterator();
    while (all.hasNext() && taken < mostSamples) {
      Waiting<Q> w = all.next();
      if (w.kind().equals(kind) && (taken == 0 || taken + w.samples() <= mostSamples)) {
        batch.add(w);
        all.remove();
        taken += w.samples();
        samples -= w.samples();
      }
    }
    if (!waiting.isEmpty()) {
      changed.signal(); // for another worker
    }
    return batch;
  }

  /** Rejects new requests; {@link #next} still returns the requests in the queue. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package dev.quern.serve;

import dev.quern.error.ClosedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Questions that arrive together are answered together. The first one waits for others, at most the
 * window and until a batch is full; while a batch runs, others gather.
 */
final class Batcher<Q> implements AutoCloseable {
  private static final String OPERATION = "serve";

  /** One that waits. */
  private record Waiting<Q>(
      Q question,
      Object kind,
      int samples,
      CompletableFuture<Object> answer,
      long since,
      long until) {}

  private final Function<Q, Object> kind;
  private final ToIntFunction<Q> samplesOf;
  private final Function<List<Q>, List<?>> work;
  private final int mostSamples;
  private final int mostWaiting;
  private final long window;
  private final Executor answering;
  private final BatchStatistics statistics;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Waiting<Q>> waiting = new ArrayDeque<>();
  private final Thread thread;
  private int samples;
  private boolean closed;

  /**
   * @param kind questions of equal ones may run together
   * @param samples of a question
   * @param work answers questions of one kind, one for each
   * @param mostSamples of a batch, unless one question has more
   * @param mostWaiting samples
   * @param window nanoseconds
   * @param answering completes futures, and so runs what callers do with them
   */
  Batcher(
      String name,
      Function<Q, Object> kind,
      ToIntFunction<Q> samples,
      Function<List<Q>, List<?>> work,
      int mostSamples,
      int mostWaiting,
      long window,
      Executor answering,
      BatchStatistics statistics) {
    this.kind = kind;
    samplesOf = samples;
    this.work = work;
    this.mostSamples = mostSamples;
    this.mostWaiting = mostWaiting;
    this.window = window;
    this.answering = answering;
    this.statistics = statistics;
    thread = new Thread(this::run, "quern-serve-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * @param patience nanoseconds until it is not to be begun any more
   */
  CompletableFuture<Object> ask(Q question, long patience) {
    CompletableFuture<Object> answer = new CompletableFuture<>();
    long now = System.nanoTime();
    int asked = samplesOf.applyAsInt(question);
    Waiting<Q> w =
        new Waiting<>(question, kind.apply(question), asked, answer, now, now + patience);
    lock.lock();
    try {
      if (closed) {
        throw new ClosedException(OPERATION + ": the model is closed");
      }
      if (samples + asked > mostWaiting && samples > 0) {
        statistics.refused();
        throw new OverloadedException(
            OPERATION + ": " + samples + " samples wait already, " + mostWaiting + " may");
      }
      samples += asked;
      waiting.add(w);
      changed.signal();
    } finally {
      lock.unlock();
    }
    return answer;
  }

  /** How many samples wait. */
  int waiting() {
    lock.lock();
    try {
      return samples;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    for (List<Waiting<Q>> batch = next(); batch != null; batch = next()) {
      answer(batch);
    }
  }

  /** Those that run together; null when closed and nobody waits. */
  private @Nullable List<Waiting<Q>> next() {
    lock.lock();
    try {
      while (true) {
        drop();
        Waiting<Q> first = waiting.peek();
        if (first == null) {
          if (closed) {
            return null;
          }
          changed.awaitUninterruptibly();
          continue;
        }
        long left = first.since + window - System.nanoTime();
        if (left <= 0 || closed || samplesOf(first.kind) >= mostSamples) {
          return take(first.kind);
        }
        await(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(long nanos) {
    try {
      changed.awaitNanos(nanos);
    } catch (InterruptedException e) {
      // nobody but this class knows the thread, and it does not interrupt
      throw new IllegalStateException(e);
    }
  }

  /** Takes out who has gone, and who waited too long. */
  private void drop() {
    long now = System.nanoTime();
    Iterator<Waiting<Q>> all = waiting.iterator();
    while (all.hasNext()) {
      Waiting<Q> w = all.next();
      boolean late = now - w.until > 0;
      if (late || w.answer.isDone()) {
        all.remove();
        samples -= w.samples;
        if (late) {
          statistics.late();
          fail(w, new DeadlineException(OPERATION + ": the request waited longer than it may"));
        }
      }
    }
  }

  private int samplesOf(Object kind) {
    int n = 0;
    for (Waiting<Q> w : waiting) {
      n += w.kind.equals(kind) ? w.samples : 0;
    }
    return n;
  }

  private List<Waiting<Q>> take(Object kind) {
    List<Waiting<Q>> batch = new ArrayList<>();
    int taken = 0;
    Iterator<Waiting<Q>> all = waiting.iterator();
    while (all.hasNext() && taken < mostSamples) {
      Waiting<Q> w = all.next();
      int asked = w.samples;
      if (w.kind.equals(kind) && (taken == 0 || taken + asked <= mostSamples)) {
        all.remove();
        batch.add(w);
        taken += asked;
      }
    }
    samples -= taken;
    return batch;
  }

  private void answer(List<Waiting<Q>> batch) {
    long begin = System.nanoTime();
    List<?> answers;
    try {
      answers = work.apply(batch.stream().map(Waiting::question).toList());
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1) {
        // one of them may be to blame
        batch.forEach(w -> answer(List.of(w)));
      } else {
        statistics.failed();
        fail(batch.get(0), e);
      }
      return;
    }
    long end = System.nanoTime();
    int n = batch.stream().mapToInt(w -> w.samples).sum();
    statistics.ran(n, end - begin);
    for (int i = 0; i < batch.size(); i++) {
      Object answer = answers.get(i);
      Waiting<Q> w = batch.get(i);
      statistics.waited(begin - w.since);
      answering.execute(() -> w.answer.complete(answer));
    }
  }

  private void fail(Waiting<Q> w, Throwable failure) {
    answering.execute(() -> w.answer.completeExceptionally(failure));
  }

  /** Answers who waits, and takes no more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        TimeUnit.MILLISECONDS.timedJoin(thread, 1000);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

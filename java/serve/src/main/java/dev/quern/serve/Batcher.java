package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.error.MemoryLimitException;
import dev.quern.serve.http.Enduring;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Dynamic batching: requests that arrive at about the same time are computed as one batch. A free
 * worker waits for further requests, at most for the batching window or until the batch is full.
 * While all workers are busy, requests accumulate in the queue.
 */
final class Batcher<Q> {
  private final Function<Q, Object> kindOf;
  private final ToIntFunction<Q> samplesOf;
  private final Function<List<Q>, List<?>> work;
  private final Answers answers;
  private final BatchStatistics statistics;
  private final WaitingLine<Q> line;
  private final Set<Thread> workers = ConcurrentHashMap.newKeySet();

  /** The number of running workers, plus one while the constructor runs. */
  private final AtomicInteger running = new AtomicInteger(1);

  /** Completed when the last worker has stopped. */
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  /** Completed when the final action, which runs after the last worker, has finished. */
  private volatile CompletableFuture<Void> all = ended;

  /**
   * Creates the workers and starts them.
   *
   * @param threads factory of the workers' threads
   * @param workers number of threads, each of which computes one batch at a time
   * @param kind function from a request to its kind; requests of equal kinds may share a batch
   * @param samples function from a request to its number of samples
   * @param work function that computes requests of one kind and returns one result per request
   * @param line queue of requests
   * @param answers completes the futures
   * @throws MemoryLimitException if the system cannot create all threads; threads already started
   *     are stopped
   */
  Batcher(
      ThreadFactory threads,
      int workers,
      Function<Q, Object> kind,
      ToIntFunction<Q> samples,
      Function<List<Q>, List<?>> work,
      WaitingLine<Q> line,
      Answers answers,
      BatchStatistics statistics) {
    kindOf = kind;
    samplesOf = samples;
    this.work = work;
    this.line = line;
    this.answers = answers;
    this.statistics = statistics;
    try {
      for (int i = 0; i < workers; i++) {
        start(threads.newThread(this::work));
      }
      // all workers may be in a layer that never returns, and then cannot check deadlines
      Runnable watch = this::failLate;
      Clock.add(watch);
      ended.thenRun(() -> Clock.remove(watch));
    } catch (OutOfMemoryError e) {
      line.close();
      MemoryLimitException refusal =
          new MemoryLimitException(
              "serve: the system could not create a thread for worker "
                  + (this.workers.size() + 1)
                  + " of "
                  + workers
                  + ": "
                  + e.getMessage());
      refusal.initCause(e);
      throw refusal;
    } finally {
      leave();
    }
  }

  private void start(Thread worker) {
    running.incrementAndGet();
    try {
      worker.start();
    } catch (OutOfMemoryError e) {
      running.decrementAndGet();
      throw e;
    }
    workers.add(worker);
  }

  private void leave() {
    if (running.decrementAndGet() == 0) {
      ended.complete(null);
    }
  }

  /**
   * Queues a request.
   *
   * @param queueTimeout nanoseconds after which the request fails if its batch has not started
   * @throws OverloadedException if the queue is full
   * @throws ClosedException if this batcher is closed
   */
  CompletableFuture<Object> ask(Q question, long queueTimeout) {
    Pending answer = new Pending();
    long now = System.nanoTime();
    try {
      line.add(
          new Waiting<>(
              question,
              kindOf.apply(question),
              samplesOf.applyAsInt(question),
              answer,
              now,
              now + queueTimeout));
    } catch (OverloadedException e) {
      statistics.refused();
      throw e;
    }
    return answer;
  }

  /** Returns the number of waiting samples. */
  int waiting() {
    return line.samples();
  }

  private void work() {
    try {
      Enduring.run(this::batches); // without workers, the model would not compute any more
    } finally {
      leave();
    }
  }

  private void batches() {
    for (List<Waiting<Q>> batch = next(); batch != null; batch = next()) {
      if (!batch.isEmpty()) {
        answer(batch);
      }
    }
  }

  /**
   * Returns the next requests to compute as one batch; null if the batcher is closed and the queue
   * is empty.
   */
  private @Nullable List<Waiting<Q>> next() {
    List<Waiting<Q>> late = new ArrayList<>();
    try {
      return line.next(late);
    } finally {
      fail(late);
    }
  }

  private void failLate() {
    fail(line.late());
  }

  private void fail(List<Waiting<Q>> late) {
    for (Waiting<Q> w : late) {
      statistics.late();
      answers.fail(w.answer(), new DeadlineException("serve: the request timed out while waiting"));
    }
  }

  private void answer(List<Waiting<Q>> batch) {
    try {
      run(batch);
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1) {
        // a single request may have caused the failure, so each is repeated alone
        batch.forEach(w -> answer(List.of(w)));
      } else {
        statistics.failed();
        answers.fail(batch.get(0).answer(), e);
      }
    }
  }

  private void run(List<Waiting<Q>> batch) {
    long begin = System.nanoTime();
    batch.forEach(w -> w.answer().start());
    List<?> results = work.apply(batch.stream().map(Waiting::question).toList());
    if (results.size() != batch.size()) {
      throw new IllegalStateException(
          "serve: expected " + batch.size() + " results, found " + results.size());
    }
    int samples = batch.stream().mapToInt(Waiting::samples).sum();
    statistics.ran(samples, System.nanoTime() - begin);
    batch.forEach(w -> statistics.waited(begin - w.since()));
    for (int i = 0; i < results.size(); i++) {
      answers.complete(batch.get(i).answer(), results.get(i));
    }
  }

  /**
   * Rejects new requests; the workers complete pending requests and then stop. Returns immediately.
   *
   * @param then action that runs on the thread of the last worker when that worker stops, or
   *     immediately if all workers have stopped
   */
  void end(Runnable then) {
    synchronized (ended) {
      all = CompletableFuture.allOf(all, ended.thenRun(then));
    }
    line.close();
  }

  /**
   * Waits until all workers have stopped and the final action has run. Returns immediately when
   * called by a worker.
   *
   * @param until the deadline, as a time of {@link System#nanoTime}
   * @return false if the deadline passed first
   */
  boolean awaitEnd(long until) {
    if (workers.contains(Thread.currentThread())) {
      return true;
    }
    try {
      all.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return all.isDone();
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e); // it is never completed this way
    }
  }
}

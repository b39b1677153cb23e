package dev.quern.serve;

import dev.quern.error.ClosedException;
import dev.quern.serve.http.Log;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Questions that arrive together are answered together. The first one waits for others, at most the
 * window and until a batch is full; while all workers run batches, others gather.
 */
final class Batcher<Q> implements AutoCloseable {
  private final Function<Q, Object> kindOf;
  private final ToIntFunction<Q> samplesOf;
  private final Function<List<Q>, List<?>> work;
  private final Executor answering;
  private final BatchStatistics statistics;
  private final WaitingLine<Q> line;
  private final List<Thread> workers = new ArrayList<>();

  /**
   * @param workers threads, each of which answers a batch at a time
   * @param kind questions of equal ones may run together
   * @param samples of a question
   * @param work answers questions of one kind, one for each
   * @param line where questions wait
   * @param answering completes futures, and so runs what callers do with them
   */
  Batcher(
      String name,
      int workers,
      Function<Q, Object> kind,
      ToIntFunction<Q> samples,
      Function<List<Q>, List<?>> work,
      WaitingLine<Q> line,
      Executor answering,
      BatchStatistics statistics) {
    kindOf = kind;
    samplesOf = samples;
    this.work = work;
    this.line = line;
    this.answering = answering;
    this.statistics = statistics;
    for (int i = 1; i <= workers; i++) {
      Thread worker = new Thread(this::run, "quern-serve-" + name + "-" + i);
      worker.setDaemon(true);
      this.workers.add(worker);
    }
    this.workers.forEach(Thread::start);
  }

  /**
   * @param patience nanoseconds until it is not to be begun any more
   * @throws OverloadedException if there is no room
   * @throws ClosedException if this is closed
   */
  CompletableFuture<Object> ask(Q question, long patience) {
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
              now + patience));
    } catch (OverloadedException e) {
      statistics.refused();
      throw e;
    }
    return answer;
  }

  /** How many samples wait. */
  int waiting() {
    return line.samples();
  }

  private void run() {
    for (boolean more = true; more; ) {
      try {
        List<Waiting<Q>> batch = next();
        more = batch != null;
        if (batch != null && !batch.isEmpty()) {
          answer(batch);
        }
      } catch (Throwable e) {
        Log.warn("serve: no batch could be gathered", e); // without its worker a model is lost
      }
    }
  }

  /** Those that run together; null when closed and nobody waits. */
  private @Nullable List<Waiting<Q>> next() {
    List<Waiting<Q>> late = new ArrayList<>();
    List<Waiting<Q>> batch = line.next(late);
    for (Waiting<Q> w : late) {
      statistics.late();
      fail(w, new DeadlineException("serve: the request waited longer than it may"));
    }
    return batch;
  }

  private void answer(List<Waiting<Q>> batch) {
    try {
      run(batch);
    } catch (RuntimeException | Error e) {
      if (batch.size() > 1) {
        // one of them may be to blame
        batch.forEach(w -> answer(List.of(w)));
      } else {
        statistics.failed();
        fail(batch.get(0), e);
      }
    }
  }

  private void run(List<Waiting<Q>> batch) {
    long begin = System.nanoTime();
    batch.forEach(w -> w.answer().start());
    List<?> answers = work.apply(batch.stream().map(Waiting::question).toList());
    if (answers.size() != batch.size()) {
      throw new IllegalStateException(
          "serve: " + answers.size() + " answers to " + batch.size() + " questions");
    }
    int samples = batch.stream().mapToInt(Waiting::samples).sum();
    statistics.ran(samples, System.nanoTime() - begin);
    batch.forEach(w -> statistics.waited(begin - w.since()));
    for (int i = 0; i < answers.size(); i++) {
      Object answer = answers.get(i);
      CompletableFuture<Object> of = batch.get(i).answer();
      complete(() -> of.complete(answer));
    }
  }

  private void fail(Waiting<Q> w, Throwable failure) {
    complete(() -> w.answer().completeExceptionally(failure));
  }

  /** By this thread where no other can be started: a caller waits for it. */
  private void complete(Runnable completion) {
    try {
      answering.execute(completion);
    } catch (RuntimeException | Error e) {
      Log.warn("serve: no thread to answer by", e);
      completion.run();
    }
  }

  /** Answers who waits, and takes no more. */
  @Override
  public void close() {
    line.close();
    boolean interrupted = false;
    for (Thread worker : workers) {
      while (worker.isAlive()) {
        try {
          TimeUnit.SECONDS.timedJoin(worker, 1);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

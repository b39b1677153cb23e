package dev.quern.serve;

import dev.quern.serve.http.Log;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Completes the futures of requests on an executor, whose threads thus run the callers'
 * continuations. Thread-safe.
 */
final class Answers {
  private final Executor executor;

  /** Futures that the executor has been told to complete; some of them may be complete already. */
  private final Set<CompletableFuture<Object>> completing = ConcurrentHashMap.newKeySet();

  Answers(Executor executor) {
    this.executor = executor;
  }

  void complete(CompletableFuture<Object> future, Object answer) {
    complete(future, () -> future.complete(answer));
  }

  void fail(CompletableFuture<Object> future, Throwable failure) {
    complete(future, () -> future.completeExceptionally(failure));
  }

  /**
   * Completes a request on the executor. If no thread can be started, completes the request on this
   * thread, because the request's caller is waiting.
   */
  private void complete(CompletableFuture<Object> future, Runnable completion) {
    completing.add(future);
    Runnable task =
        () -> {
          try {
            completion.run();
          } finally {
            completing.remove(future);
          }
        };
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) { // the model is closed
      task.run();
    } catch (RuntimeException | Error e) {
      Log.warn("serve: no thread could be started to complete the request", e);
      task.run();
    }
  }

  /**
   * Waits until the futures that the executor has been told to complete are complete. Does not wait
   * for the callers' continuations.
   *
   * @param until the deadline, as a time of {@link System#nanoTime}
   * @return false if the deadline passed first, or the thread was interrupted
   */
  boolean await(long until) {
    return completing.stream().allMatch(future -> await(future, until));
  }

  private static boolean await(CompletableFuture<Object> future, long until) {
    try {
      future.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return future.isDone();
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException | CancellationException e) {
      return true; // it is complete, by a failure
    }
  }
}

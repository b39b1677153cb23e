package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing waits for the futures, but not for what the callers do with them. */
@Timeout(60)
class AnswersTest {
  private final List<Runnable> tasks = new ArrayList<>();

  private static boolean await(Answers answers, long millis) {
    return answers.await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void waitsForFuturesThatTheExecutorHasNotCompletedYet() {
    Answers answers = new Answers(tasks::add);
    CompletableFuture<Object> first = new CompletableFuture<>();
    CompletableFuture<Object> second = new CompletableFuture<>();
    answers.complete(first, 1);
    answers.fail(second, new IllegalStateException("no answer"));
    assertThat(await(answers, 20)).isFalse();
    tasks.get(0).run();
    assertThat(await(answers, 20)).isFalse();
    new Thread(tasks.get(1)).start();
    assertThat(await(answers, 30_000)).isTrue();
    assertThat(first).isCompletedWithValue(1);
    assertThat(second).isCompletedExceptionally();
  }

  @Test
  void doesNotWaitForContinuations() throws Exception {
    Answers answers = new Answers(work -> new Thread(work).start());
    CompletableFuture<Object> future = new CompletableFuture<>();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch gate = new CountDownLatch(1);
    future.thenRun(
        () -> {
          inside.countDown();
          await(gate);
        });
    answers.complete(future, 1);
    inside.await();
    assertThat(await(answers, 30_000)).isTrue();
    assertThat(gate.getCount()).isOne();
    gate.countDown();
  }

  @Test
  void aCanceledFutureIsComplete() {
    Answers answers = new Answers(tasks::add);
    CompletableFuture<Object> future = new CompletableFuture<>();
    future.cancel(false);
    answers.complete(future, 1);
    assertThat(await(answers, 30_000)).isTrue();
  }

  @Test
  void anExecutorThatRefusesLeavesNoCallerWaiting() {
    Answers answers =
        new Answers(
            work -> {
              throw new RejectedExecutionException("closed");
            });
    CompletableFuture<Object> future = new CompletableFuture<>();
    answers.complete(future, 1);
    assertThat(future).isCompletedWithValue(1);
  }
}

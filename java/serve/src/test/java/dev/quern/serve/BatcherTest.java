package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What runs together, who is refused, and who is told. */
@Timeout(60)
class BatcherTest {
  private static final long LONG = TimeUnit.MINUTES.toNanos(1);

  /** A question that is told apart by its number. */
  private record Numbered(int number, Object kind, int samples) {}

  private final List<List<Integer>> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gate = new CountDownLatch(1);
  private final CountDownLatch began = new CountDownLatch(1);
  private final ExecutorService answering = Executors.newCachedThreadPool();
  private Batcher<Numbered> batcher;

  private Batcher<Numbered> batcher(int mostSamples, int mostWaiting, long window) {
    return batcher(1, mostSamples, mostWaiting, window);
  }

  private Batcher<Numbered> batcher(int workers, int mostSamples, int mostWaiting, long window) {
    batcher =
        new Batcher<>(
            Thread::new,
            workers,
            Numbered::kind,
            Numbered::samples,
            this::answers,
            new WaitingLine<>(mostSamples, mostWaiting, window),
            new Answers(answering),
            BatchStatistics.NONE);
    return batcher;
  }

  @AfterEach
  void end() {
    gate.countDown();
    if (batcher != null) {
      assertThat(close()).isTrue();
    }
    answering.shutdownNow();
  }

  private boolean close() {
    batcher.end(() -> {});
    return batcher.awaitEnd(System.nanoTime() + LONG);
  }

  private List<Integer> answers(List<Numbered> questions) {
    batches.add(questions.stream().map(Numbered::number).toList());
    began.countDown();
    if (questions.get(0).number() == 0) {
      await(gate);
    }
    if (questions.stream().anyMatch(q -> q.number() < 0)) {
      throw new IllegalStateException("no answer");
    }
    return questions.stream().map(q -> 10 * q.number()).toList();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private CompletableFuture<Object> ask(int number) {
    return ask(number, "one");
  }

  private CompletableFuture<Object> ask(int number, Object kind) {
    return batcher.ask(new Numbered(number, kind, 1), LONG);
  }

  /** Has the batcher busy, so that what is asked next gathers. */
  private CompletableFuture<Object> busy() {
    CompletableFuture<Object> first = ask(0);
    await(began);
    return first;
  }

  @Test
  void whatGathersRunsTogetherByKind() {
    batcher(3, 100, 0);
    CompletableFuture<Object> first = busy();
    List<CompletableFuture<Object>> all = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      all.add(ask(i, i % 4 == 0 ? "other" : "one"));
    }
    gate.countDown();
    assertThat(first.join()).isEqualTo(0);
    for (int i = 1; i <= 8; i++) {
      assertThat(all.get(i - 1).join()).isEqualTo(10 * i);
    }
    assertThat(batches)
        .containsExactly(List.of(0), List.of(1, 2, 3), List.of(4, 8), List.of(5, 6, 7));
  }

  @Test
  void workersAnswerBesideOneThatIsBusy() {
    batcher(2, 3, 100, TimeUnit.MILLISECONDS.toNanos(1));
    CompletableFuture<Object> first = busy();
    CompletableFuture<Object> two = ask(2);
    CompletableFuture<Object> other = ask(3, "other");
    assertThat(two.join()).isEqualTo(20);
    assertThat(other.join()).isEqualTo(30);
    assertThat(first).isNotDone();
    gate.countDown();
    assertThat(first.join()).isEqualTo(0);
  }

  @Test
  void theFirstWaitsForOthersUntilTheBatchIsFull() {
    batcher(2, 100, LONG);
    CompletableFuture<Object> one = ask(1);
    CompletableFuture<Object> two = ask(2);
    assertThat(one.join()).isEqualTo(10);
    assertThat(two.join()).isEqualTo(20);
    assertThat(batches).containsExactly(List.of(1, 2));
  }

  @Test
  void theWindowEnds() {
    batcher(2, 100, TimeUnit.MILLISECONDS.toNanos(1));
    assertThat(ask(1).join()).isEqualTo(10);
  }

  @Test
  void largeQuestionsRunAlone() {
    batcher(4, 100, 0);
    busy();
    List<CompletableFuture<Object>> all = new ArrayList<>();
    for (int samples : new int[] {3, 9, 1}) {
      all.add(batcher.ask(new Numbered(samples, "one", samples), LONG));
    }
    gate.countDown();
    all.forEach(CompletableFuture::join);
    assertThat(batches).containsExactly(List.of(0), List.of(3, 1), List.of(9));
  }

  @Test
  void noRoom() {
    batcher(1, 2, 0);
    busy();
    CompletableFuture<Object> one = ask(1);
    CompletableFuture<Object> two = ask(2);
    assertThat(batcher.waiting()).isEqualTo(2);
    assertThatThrownBy(() -> ask(3))
        .isInstanceOf(OverloadedException.class)
        .hasMessageContaining("2 of at most 2 samples are waiting");
    gate.countDown();
    assertThat(one.join()).isEqualTo(10);
    assertThat(two.join()).isEqualTo(20);
    assertThat(ask(4).join()).isEqualTo(40);
  }

  @Test
  void whoIsLateIsToldAndWhoLeftCostsNothing() {
    batcher(1, 10, 0);
    busy();
    CompletableFuture<Object> late = batcher.ask(new Numbered(1, "one", 1), 0);
    CompletableFuture<Object> gone = ask(2);
    assertThat(gone.cancel(false)).isTrue();
    CompletableFuture<Object> third = ask(3);
    gate.countDown();
    assertThat(third.join()).isEqualTo(30);
    assertThatThrownBy(late::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(DeadlineException.class);
    assertThat(batches).containsExactly(List.of(0), List.of(3));
    assertThat(batcher.waiting()).isZero();
  }

  @Test
  void whoLeftTakesNoRoom() {
    batcher(1, 2, 0);
    busy();
    CompletableFuture<Object> stays = ask(1);
    assertThat(ask(2).cancel(false)).isTrue();
    CompletableFuture<Object> third = ask(3);
    assertThatThrownBy(() -> ask(4)).isInstanceOf(OverloadedException.class);
    gate.countDown();
    assertThat(stays.join()).isEqualTo(10);
    assertThat(third.join()).isEqualTo(30);
  }

  @Test
  void oneFailureIsNotTheOthers() {
    batcher(3, 10, 0);
    busy();
    CompletableFuture<Object> one = ask(1);
    CompletableFuture<Object> bad = ask(-1);
    CompletableFuture<Object> two = ask(2);
    gate.countDown();
    assertThat(one.join()).isEqualTo(10);
    assertThat(two.join()).isEqualTo(20);
    assertThatThrownBy(bad::get).hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void closeAnswersWhoWaits() {
    batcher(1, 10, LONG);
    busy();
    CompletableFuture<Object> one = ask(1);
    Thread closing = new Thread(this::close);
    closing.start();
    gate.countDown();
    assertThat(one.join()).isEqualTo(10);
    assertThat(close()).isTrue();
    assertThatThrownBy(() -> ask(2)).isInstanceOf(ClosedException.class);
  }

  /** Workers that are all inside a layer cannot look at the time themselves. */
  @Test
  void whoIsLateIsToldWhileAllWorkersAreStuck() {
    batcher(1, 10, 0);
    busy();
    CompletableFuture<Object> late = batcher.ask(new Numbered(1, "one", 1), 1);
    assertThatThrownBy(late::get).hasCauseInstanceOf(DeadlineException.class);
    assertThat(batcher.waiting()).isZero();
    batcher.end(() -> {});
    assertThat(batcher.awaitEnd(System.nanoTime())).isFalse();
    CompletableFuture<Object> after = new CompletableFuture<>();
    batcher.end(() -> after.complete("ended"));
    assertThat(after).isNotDone();
    gate.countDown();
    assertThat(after.join()).isEqualTo("ended");
  }

  /** A thread for each answer may not be had. */
  @Test
  void answersComeWithoutThreads() {
    answering.shutdownNow();
    batcher(2, 10, 0);
    assertThat(ask(3).join()).isEqualTo(30);
    assertThatThrownBy(ask(-1)::get).hasCauseInstanceOf(IllegalStateException.class);
    assertThat(ask(4).join()).isEqualTo(40);
  }
}

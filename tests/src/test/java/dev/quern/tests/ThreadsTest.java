package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Engine;
import dev.quern.error.InvalidArgumentException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results do not depend on how many threads a call may use, nor on who else calls meanwhile. */
class ThreadsTest {
  private static final int[] COUNTS = Suite.FULL ? new int[] {1, 2, 3, 4, 8} : new int[] {2, 3};
  private static final int REPETITIONS = Suite.FULL ? 3 : 1;

  private final int before = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(before);
  }

  static List<Work> works() {
    return Work.all();
  }

  @ParameterizedTest
  @MethodSource("works")
  void sameBitsForEveryThreadCount(Work work) {
    Engine.setThreads(1);
    List<int[]> alone = work.run();
    assertThat(alone).isNotEmpty();
    for (int count : COUNTS) {
      Engine.setThreads(count);
      for (int i = 0; i < REPETITIONS; i++) {
        assertSame(work.name() + " by " + count + " threads", work.run(), alone);
      }
    }
  }

  private static void assertSame(String what, List<int[]> actual, List<int[]> expected) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      int at = Arrays.mismatch(actual.get(i), expected.get(i));
      assertThat(at).as("first differing element of result %d of %s", i, what).isEqualTo(-1);
    }
  }

  static int[] nativeThreads() {
    return Suite.FULL ? new int[] {1, 3} : new int[] {3};
  }

  /** Each Java thread goes through all operators, begun at another one, at the same time. */
  @ParameterizedTest
  @MethodSource("nativeThreads")
  void callersAtTheSameTimeGetTheBitsThatEachGetsAlone(int nativeThreads) throws Exception {
    List<Work> works = Work.all();
    Engine.setThreads(1);
    List<List<int[]>> alone = works.stream().map(Work::run).toList();
    Engine.setThreads(nativeThreads);
    int callers = Suite.FULL ? 5 : 3;
    ExecutorService pool = Executors.newFixedThreadPool(callers);
    try {
      CountDownLatch start = new CountDownLatch(callers);
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < callers; caller++) {
        int first = caller * 2;
        running.add(
            pool.submit(
                () -> {
                  start.countDown();
                  start.await();
                  for (int i = 0; i < works.size(); i++) {
                    int w = (first + i) % works.size();
                    assertSame(works.get(w).name(), works.get(w).run(), alone.get(w));
                  }
                  return null;
                }));
      }
      for (Future<?> f : running) {
        f.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  /** The count may change under a running call. */
  @Test
  void changingTheCountMeanwhileChangesNothing() throws Exception {
    Work work = Work.all().get(1);
    List<int[]> alone = work.run();
    Thread changer =
        new Thread(
            () -> {
              for (int i = 0; !Thread.interrupted(); i++) {
                Engine.setThreads(COUNTS[i % COUNTS.length]);
              }
            });
    changer.start();
    try {
      for (int i = 0; i < 10; i++) {
        assertSame(work.name(), work.run(), alone);
      }
    } finally {
      changer.interrupt();
      changer.join();
    }
  }

  @Test
  void countIsKeptAndReported() {
    for (int count : new int[] {1, 5, 64}) {
      Engine.setThreads(count);
      assertThat(Engine.info().threads()).isEqualTo(count);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 65, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void countOutsideItsRangeIsRefusedAndChangesNothing(int count) {
    assertThatThrownBy(() -> Engine.setThreads(count))
        .isExactlyInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("threads: ")
        .hasMessageContaining(Integer.toString(count))
        .hasMessageContaining("[1, 64]");
    assertThat(Engine.info().threads()).isEqualTo(before);
  }
}

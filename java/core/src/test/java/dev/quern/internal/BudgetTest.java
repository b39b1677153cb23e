package dev.quern.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.MemoryLimitException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** F3: one account for all threads, on a made-up machine whose memory goes when it is written. */
class BudgetTest {
  private static final long MIB = 1 << 20;
  private static final long LIMIT = 2000 * MIB;
  private static final long OTHERS = 100 * MIB;

  private final AtomicLong resident = new AtomicLong(OTHERS);
  private final AtomicLong most = new AtomicLong(OTHERS);
  private final AtomicInteger looks = new AtomicInteger();
  private final Budget budget =
      new Budget(
          () -> {
            looks.incrementAndGet();
            return new SystemMemory(LIMIT, Math.max(0, LIMIT - resident.get()));
          });

  private void touch(long bytes) {
    long now = resident.addAndGet(bytes);
    most.accumulateAndGet(now, Math::max);
  }

  private void allocate(long bytes) {
    budget.reserve(bytes, "block", null);
    touch(bytes / 2); // as memset would: a look in between sees a part
    Thread.yield();
    touch(bytes - bytes / 2);
    budget.finish(bytes);
  }

  private void free(long bytes) {
    budget.release(bytes, () -> resident.addAndGet(-bytes));
  }

  private static int granted(int threads, Callable<?> allocation) throws Exception {
    CyclicBarrier together = new CyclicBarrier(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            pool.submit(
                () -> {
                  together.await();
                  try {
                    allocation.call();
                    return true;
                  } catch (MemoryLimitException e) {
                    return false;
                  }
                }));
      }
      int count = 0;
      for (Future<Boolean> f : all) {
        count += f.get(60, TimeUnit.SECONDS) ? 1 : 0;
      }
      return count;
    } finally {
      pool.shutdownNow();
    }
  }

  /** 2000 MiB, of which 100 are used and 100 are headroom: three of 500, whatever the order. */
  @Test
  void sixAtOnceKnowOfEachOther() throws Exception {
    for (int round = 0; round < 200; round++) {
      int granted =
          granted(
              6,
              () -> {
                allocate(500 * MIB);
                return null;
              });
      assertThat(granted).isEqualTo(3);
      for (int i = 0; i < granted; i++) {
        free(500 * MIB);
      }
      assertThat(budget.live()).isZero();
    }
    assertThat(most).hasValueLessThanOrEqualTo(LIMIT);
  }

  /** Whatever comes and goes, the machine is never asked for more than it has. */
  @Test
  void neverMoreThanThereIs() throws Exception {
    AtomicInteger seeds = new AtomicInteger(1);
    granted(
        8,
        () -> {
          SplittableRandom random = new SplittableRandom(seeds.getAndIncrement());
          List<Long> held = new ArrayList<>();
          for (int i = 0; i < 20_000; i++) {
            if (!held.isEmpty() && random.nextInt(2) == 0) {
              free(held.remove(random.nextInt(held.size())));
            } else {
              long bytes =
                  random.nextInt(4) == 0 ? random.nextLong(400 * MIB) : random.nextInt(9999);
              try {
                allocate(bytes);
                held.add(bytes);
              } catch (MemoryLimitException e) {
                held.forEach(this::free);
                held.clear();
              }
            }
          }
          held.forEach(this::free);
          return null;
        });
    assertThat(most).hasValueLessThanOrEqualTo(LIMIT);
    assertThat(budget.live()).isZero();
    assertThat(resident).hasValue(OTHERS);
    allocate(1800 * MIB); // nothing stays behind
  }

  @Test
  void smallOnesDoNotLookEachTime() {
    for (int i = 0; i < 100_000; i++) {
      allocate(4096);
    }
    assertThat(looks).hasValueLessThan(20);
  }

  @Test
  void smallOnesDoLookInSum() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 3000; i++) {
                allocate(MIB);
              }
            })
        .isExactlyInstanceOf(MemoryLimitException.class)
        .hasMessage(
            "block: 1 MiB requested, but only 0 MiB are available now, 100 MiB of headroom excluded;"
                + " Quern uses 1800 MiB");
    assertThat(most).hasValueLessThanOrEqualTo(LIMIT - 68 * MIB);
  }

  /** Of the JVM's heap, or of a neighbor in the container. */
  @Test
  void whatOthersTakeMeanwhileCounts() {
    allocate(500 * MIB);
    resident.addAndGet(1000 * MIB);
    assertThatThrownBy(() -> allocate(500 * MIB))
        .isExactlyInstanceOf(MemoryLimitException.class)
        .hasMessage(
            "block: 500 MiB requested, but only 300 MiB are available now, 100 MiB of headroom"
                + " excluded; Quern uses 500 MiB");
    resident.addAndGet(-1000 * MIB);
    allocate(500 * MIB);
  }

  @Test
  void moreThanTheLimitNamesIt() {
    allocate(500 * MIB);
    assertThatThrownBy(() -> budget.reserve(Long.MAX_VALUE, "tensor", "1x2"))
        .isExactlyInstanceOf(MemoryLimitException.class)
        .hasMessage(
            "tensor 1x2: 8796093022207 MiB requested, but of the 2000 MiB of this machine or"
                + " container, Quern already uses 500 MiB");
  }

  @Test
  void cancelGivesBack() {
    budget.reserve(1700 * MIB, "block", null);
    assertThatThrownBy(() -> budget.check(200 * MIB, "block"))
        .isExactlyInstanceOf(MemoryLimitException.class);
    budget.cancel(1700 * MIB);
    budget.check(1700 * MIB, "block");
    assertThat(budget.live()).isZero();
  }

  /** As where no file says anything: other systems than Linux. */
  @Test
  void unknownIsUnlimited() {
    Budget unknown = new Budget(() -> new SystemMemory(Long.MAX_VALUE, Long.MAX_VALUE));
    for (int i = 0; i < 3; i++) {
      unknown.reserve(1L << 50, "block", null);
      unknown.finish(1L << 50);
    }
    assertThat(unknown.live()).isEqualTo(3L << 50);
  }
}

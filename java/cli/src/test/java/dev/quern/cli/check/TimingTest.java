package dev.quern.cli.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class TimingTest {
  @Test
  void countsStepsAndKeepsLosses() {
    AtomicInteger calls = new AtomicInteger();
    Timing t = Timing.of(calls::incrementAndGet, 10, 4, 6, 60);
    assertThat(calls).hasValue(10);
    assertThat(t.warmup()).isEqualTo(4);
    assertThat(t.iterations()).isEqualTo(6);
    assertThat(t.firstLoss()).isEqualTo(1);
    assertThat(t.finalLoss()).isEqualTo(10);
    assertThat(t.slowest()).isPositive().isLessThanOrEqualTo(t.median());
    assertThat(t.fastest()).isGreaterThanOrEqualTo(t.median());
    assertThat(t.coldSeconds()).isPositive();
  }

  @Test
  void theFirstStepIsAlwaysWarmUp() {
    AtomicInteger calls = new AtomicInteger();
    assertThat(Timing.of(calls::incrementAndGet, 1, 0, 1, 60).warmup()).isEqualTo(1);
    assertThat(calls).hasValue(2);
  }

  @Test
  void slowRunIsCutShortButNotBeforeThreeSteps() {
    AtomicInteger calls = new AtomicInteger();
    Timing t = Timing.of(() -> slow(calls), 1, 50, 50, 1e-9);
    assertThat(t.warmup()).isEqualTo(1);
    assertThat(t.iterations()).isEqualTo(3);
    assertThat(calls).hasValue(4);
  }

  @Test
  void rateIsImagesOverSeconds() {
    Timing t = Timing.of(() -> slow(new AtomicInteger()), 100, 1, 5, 60);
    assertThat(t.median()).isPositive().isLessThanOrEqualTo(100 / 0.005);
  }

  private static double slow(AtomicInteger calls) {
    calls.incrementAndGet();
    try {
      Thread.sleep(5);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return 0;
  }
}

package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private static final long UNIT = 16 << 10;

  private final Budget budget = new Budget(1000 * UNIT);

  private boolean take(long units, long own, long said) {
    return budget.take(units * UNIT, own * UNIT, said * UNIT);
  }

  private void give(long units, long own, long said) {
    budget.give(units * UNIT, own * UNIT, said * UNIT);
  }

  @Test
  void oneAloneGetsWhatItNeedsAndOthersWhatIsLeft() {
    assertThat(take(1500, 0, 0)).as("alone").isTrue();
    assertThat(take(100, 1500, 0)).as("the same").isTrue();
    assertThat(take(100, 0, 0)).as("another").isFalse();
    give(1600, 1600, 0);
    assertThat(take(600, 0, 0)).isTrue();
    assertThat(take(150, 0, 0)).isTrue();
    assertThat(take(1, 150, 0)).isFalse();
    assertThat(budget.held()).isEqualTo(750 * UNIT);
  }

  @Test
  void largeOnesLeaveAQuarterToSmallOnes() {
    assertThat(take(5000, 0, 0)).isTrue();
    for (int i = 0; i < 25; i++) {
      assertThat(take(10, 0, 0)).isTrue();
    }
    assertThat(take(10, 0, 0)).as("small ones hold their quarter").isFalse();
    assertThat(take(90, 10, 0)).as("one grows beside a large one").isFalse();
    give(5000, 5000, 0);
    assertThat(take(90, 10, 0)).isTrue();
    assertThat(take(10, 0, 0)).as("it is a large one now").isTrue();
    give(95, 100, 0);
    assertThat(take(6, 0, 0)).as("and small again").isFalse();
    assertThat(budget.held()).isEqualTo(255 * UNIT);
  }

  @Test
  void bodiesThatWillBeLargeAreNoSmallOnesBefore() {
    for (int i = 0; i < 75; i++) {
      assertThat(take(10, 0, 500)).isTrue();
    }
    assertThat(take(10, 0, 500)).isFalse();
    assertThat(take(10, 0, 10)).as("a small one").isTrue();
    give(10, 10, 500);
    assertThat(take(10, 0, 500)).isTrue();
  }

  /** A call that another thread is inside of is waited for, or counts would be lost. */
  @Test
  void oneThreadCountsAtATime() throws InterruptedException {
    Runnable[] calls = {() -> take(2, 0, 0), () -> give(1, 2, 0), budget::held};
    for (Runnable call : calls) {
      Thread other = new Thread(call);
      synchronized (budget) {
        other.start();
        while (other.isAlive() && other.getState() != Thread.State.BLOCKED) {
          Thread.onSpinWait();
        }
        assertThat(other.isAlive()).isTrue();
      }
      other.join();
    }
    assertThat(budget.held()).isEqualTo(UNIT);
  }
}

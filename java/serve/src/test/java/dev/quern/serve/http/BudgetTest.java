package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {
  private final Budget budget = new Budget(1000);

  @Test
  void oneAloneGetsWhatItNeedsAndOthersWhatIsLeft() {
    assertThat(budget.take(1500, 0)).as("alone").isTrue();
    assertThat(budget.take(100, 1500)).as("the same").isTrue();
    assertThat(budget.take(100, 0)).as("another").isFalse();
    budget.give(1600, 1600);
    assertThat(budget.take(600, 0)).isTrue();
    assertThat(budget.take(150, 0)).isTrue();
    assertThat(budget.take(1, 150)).isFalse();
    assertThat(budget.held()).isEqualTo(750);
  }

  @Test
  void largeOnesLeaveAQuarterToSmallOnes() {
    assertThat(budget.take(5000, 0)).isTrue();
    for (int i = 0; i < 25; i++) {
      assertThat(budget.take(10, 0)).isTrue();
    }
    assertThat(budget.take(10, 0)).as("small ones hold their quarter").isFalse();
    assertThat(budget.take(90, 10)).as("one grows beside a large one").isFalse();
    budget.give(5000, 5000);
    assertThat(budget.take(90, 10)).isTrue();
    assertThat(budget.take(10, 0)).as("it is a large one now").isTrue();
    budget.give(95, 100);
    assertThat(budget.take(6, 0)).as("and small again").isFalse();
    assertThat(budget.held()).isEqualTo(255);
  }
}

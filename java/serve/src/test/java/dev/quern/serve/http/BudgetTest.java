package dev.quern.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BudgetTest {
  @Test
  void oneAloneGetsWhatItNeedsAndOthersWhatIsLeft() {
    Budget budget = new Budget(100);
    assertThat(budget.take(150, 0)).as("alone").isTrue();
    assertThat(budget.take(10, 150)).as("the same").isTrue();
    assertThat(budget.take(1, 0)).as("another").isFalse();
    budget.give(160);
    assertThat(budget.take(60, 0)).isTrue();
    assertThat(budget.take(40, 0)).isTrue();
    assertThat(budget.take(1, 40)).isFalse();
    assertThat(budget.held()).isEqualTo(100);
  }
}

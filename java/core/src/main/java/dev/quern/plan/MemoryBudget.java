package dev.quern.plan;

import dev.quern.error.MemoryLimitException;

/** Limit on the off-heap memory of a trainer. */
public record MemoryBudget(long limit) {
  public void require(long ofWeights, long ofOptimizer, long ofPlans) {
    if (ofWeights + ofOptimizer + ofPlans > limit) {
      throw new MemoryLimitException(
          "trainer: weights, gradients and their packed copies need "
              + ofWeights
              + " bytes, the optimizer "
              + ofOptimizer
              + ", plans "
              + ofPlans
              + "; the sum exceeds the limit of "
              + limit);
    }
  }
}

package dev.quern.plan;

import dev.quern.error.MemoryLimitException;

/** The off-heap memory that a trainer may hold. */
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
              + "; together more than the limit of "
              + limit);
    }
  }
}

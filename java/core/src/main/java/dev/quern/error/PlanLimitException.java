package dev.quern.error;

/**
 * Thrown when one sample needs more memory than a model's plan limit. Nothing was allocated, and
 * the same call will fail again.
 */
public final class PlanLimitException extends MemoryLimitException {
  private static final long serialVersionUID = 1L;

  public PlanLimitException(String message) {
    super(message);
  }
}

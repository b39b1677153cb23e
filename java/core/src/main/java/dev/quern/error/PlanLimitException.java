package dev.quern.error;

/**
 * One sample needs more memory than a model's plan limit grants, so that the same call would fail
 * again; nothing was allocated.
 */
public final class PlanLimitException extends MemoryLimitException {
  private static final long serialVersionUID = 1L;

  public PlanLimitException(String message) {
    super(message);
  }
}

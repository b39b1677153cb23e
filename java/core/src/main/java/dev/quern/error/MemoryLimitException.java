package dev.quern.error;

/** Thrown when a request exceeds the memory of the machine or container; nothing was allocated. */
public class MemoryLimitException extends QuernException {
  private static final long serialVersionUID = 1L;

  public MemoryLimitException(String message) {
    super(message);
  }
}

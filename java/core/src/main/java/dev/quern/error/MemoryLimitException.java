package dev.quern.error;

/** More memory was asked for than the machine or container grants; nothing was allocated. */
public class MemoryLimitException extends QuernException {
  private static final long serialVersionUID = 1L;

  public MemoryLimitException(String message) {
    super(message);
  }
}

package dev.quern.error;

/**
 * Thrown when a tensor, arena, trainer or model is used after close, or closed while it is in use.
 */
public class ClosedException extends QuernException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    super(message);
  }
}

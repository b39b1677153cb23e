package dev.quern.error;

/** A tensor, arena, trainer or model was used after close, or closed while in use. */
public class ClosedException extends QuernException {
  private static final long serialVersionUID = 1L;

  public ClosedException(String message) {
    super(message);
  }
}

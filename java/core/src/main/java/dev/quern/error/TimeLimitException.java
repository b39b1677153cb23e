package dev.quern.error;

/** An operation took longer than it may, and was ended; nothing of it remains. */
public class TimeLimitException extends QuernException {
  private static final long serialVersionUID = 1L;

  public TimeLimitException(String message) {
    super(message);
  }
}

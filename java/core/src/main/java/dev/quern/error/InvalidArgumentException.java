package dev.quern.error;

/** Thrown when an argument is not valid: a negative stride, an empty batch, an unknown name. */
public class InvalidArgumentException extends QuernException {
  private static final long serialVersionUID = 1L;

  public InvalidArgumentException(String message) {
    super(message);
  }
}

package dev.quern.error;

/**
 * Thrown when an argument is invalid, such as a negative stride, an empty batch or an unknown name.
 */
public class InvalidArgumentException extends QuernException {
  private static final long serialVersionUID = 1L;

  public InvalidArgumentException(String message) {
    super(message);
  }
}

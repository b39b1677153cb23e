package dev.quern.error;

/** An argument breaks its rule: a negative stride, a zero batch, an unknown name. */
public class InvalidArgumentException extends QuernException {
  private static final long serialVersionUID = 1L;

  public InvalidArgumentException(String message) {
    super(message);
  }
}

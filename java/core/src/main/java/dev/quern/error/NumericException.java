package dev.quern.error;

/** A loss or weight is NaN or infinite where a number is needed. */
public class NumericException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NumericException(String message) {
    super(message);
  }
}

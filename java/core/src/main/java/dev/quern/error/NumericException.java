package dev.quern.error;

/** Thrown when a loss, weight or output is NaN or infinite but must be finite. */
public class NumericException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NumericException(String message) {
    super(message);
  }
}

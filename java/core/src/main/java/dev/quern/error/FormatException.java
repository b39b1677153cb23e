package dev.quern.error;

/** Thrown when the content of a file is invalid: truncated, modified, or in another format. */
public class FormatException extends QuernException {
  private static final long serialVersionUID = 1L;

  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}

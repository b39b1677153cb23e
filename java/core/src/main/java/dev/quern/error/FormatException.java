package dev.quern.error;

/** A file's content is not what it should be: cut short, tampered with, or of another kind. */
public class FormatException extends QuernException {
  private static final long serialVersionUID = 1L;

  public FormatException(String message) {
    super(message);
  }

  public FormatException(String message, Throwable cause) {
    super(message, cause);
  }
}

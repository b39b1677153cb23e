package dev.quern.error;

/**
 * Thrown when a file or data set is not found. The message lists the searched locations and how to
 * get the file or data set.
 */
public class NotFoundException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    super(message);
  }
}

package dev.quern.error;

/**
 * Thrown when a file or data set is not found. The message names the searched places and how to get
 * it.
 */
public class NotFoundException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    super(message);
  }
}

package dev.quern.error;

/**
 * Thrown when a custom layer fails: the message names it by its path in the network, the cause is
 * its exception.
 */
public class LayerException extends QuernException {
  private static final long serialVersionUID = 1L;

  public LayerException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.quern.error;

/**
 * A layer of the user's own failed: the message names it by its path in the network, the cause is
 * what it threw.
 */
public class LayerException extends QuernException {
  private static final long serialVersionUID = 1L;

  public LayerException(String message, Throwable cause) {
    super(message, cause);
  }
}

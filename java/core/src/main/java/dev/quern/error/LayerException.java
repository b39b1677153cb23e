package dev.quern.error;

/**
 * Thrown when a custom layer fails. The message contains the layer's path in the network; the cause
 * is the exception that the layer threw.
 */
public class LayerException extends QuernException {
  private static final long serialVersionUID = 1L;

  public LayerException(String message, Throwable cause) {
    super(message, cause);
  }
}

package dev.quern.error;

/**
 * Thrown when the native library or OpenBLAS cannot be loaded, has an unexpected version, or fails
 * internally.
 */
public class NativeException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NativeException(String message) {
    super(message);
  }

  public NativeException(String message, Throwable cause) {
    super(message, cause);
  }
}

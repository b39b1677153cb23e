package dev.quern.error;

/** The native library or OpenBLAS cannot be loaded, is not the expected one, or failed inside. */
public class NativeException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NativeException(String message) {
    super(message);
  }

  public NativeException(String message, Throwable cause) {
    super(message, cause);
  }
}

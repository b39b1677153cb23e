package dev.quern.image.decode;

/**
 * Error in a file found inside a reader of ImageIO, which passes on no exceptions of other types.
 */
final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}

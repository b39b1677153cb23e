package dev.quern.image.decode;

/**
 * Thrown for an error in a file within a reader of ImageIO, which would not propagate checked
 * exceptions.
 */
final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}

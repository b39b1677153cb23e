package dev.quern.image.decode;

/**
 * Thrown for an error in a file from within a reader of ImageIO, through which a checked exception
 * could not propagate.
 */
final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}

package dev.quern.image.decode;

/** What is wrong with a file, found inside a reader of ImageIO, which lets no other one through. */
final class DamagedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DamagedException(String message) {
    super(message);
  }
}

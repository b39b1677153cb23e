package dev.quern.error;

/** Thrown when shapes do not match, or when a window is larger than its input. */
public class ShapeException extends InvalidArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }
}

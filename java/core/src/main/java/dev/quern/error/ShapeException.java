package dev.quern.error;

/** Thrown when shapes do not fit together, or a kernel does not fit its input. */
public class ShapeException extends InvalidArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }
}

package dev.quern.error;

/** Shapes that do not fit together, or a kernel that does not fit its input. */
public class ShapeException extends InvalidArgumentException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }
}

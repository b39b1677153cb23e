package dev.quern.error;

/** A file or data set is not where it was looked for. The message says where and how to get it. */
public class NotFoundException extends QuernException {
  private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    super(message);
  }
}

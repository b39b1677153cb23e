package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a custom data set fails: the message names the set, the sample and the error. The
 * cause is the exception of the data set, if any.
 */
public class DataException extends QuernException {
  private static final long serialVersionUID = 1L;

  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

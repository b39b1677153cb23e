package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a custom data set fails. The message names the data set, the sample and the error;
 * the cause is the exception that the data set threw, if any.
 */
public class DataException extends QuernException {
  private static final long serialVersionUID = 1L;

  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

package dev.quern.error;

import org.jspecify.annotations.Nullable;

/**
 * A data set of the user's own failed: the message names the set, the sample and what was wrong.
 * The cause is what the set threw, if it threw anything.
 */
public class DataException extends QuernException {
  private static final long serialVersionUID = 1L;

  public DataException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}

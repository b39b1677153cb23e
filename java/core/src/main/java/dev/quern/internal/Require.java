package dev.quern.internal;

import dev.quern.error.InvalidArgumentException;

/** Rules on arguments that every part shares. */
public final class Require {
  private Require() {}

  /**
   * @throws InvalidArgumentException "op: what is null"
   */
  public static <T> T present(String op, String what, T value) {
    if (value == null) {
      throw new InvalidArgumentException(op + ": " + what + " is null");
    }
    return value;
  }
}

package dev.quern.io.pickle;

import dev.quern.error.FormatException;

/** The element type of a pickled array, by its NumPy code; for example, {@code u1} is uint8. */
final class NumpyDtype {
  private static final String UINT8 = "u1";

  private final String code;

  NumpyDtype(String code) {
    this.code = code;
  }

  /**
   * Checks that this type is uint8.
   *
   * @throws FormatException if it is another type
   */
  void requireUint8() {
    if (!code.equals(UINT8)) {
      throw new FormatException("an array has dtype " + code + ", expected uint8 (u1)");
    }
  }
}

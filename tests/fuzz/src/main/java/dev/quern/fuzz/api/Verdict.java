package dev.quern.fuzz.api;

import dev.quern.error.QuernException;

/** What may come of a call, and what may not. */
final class Verdict {
  /** An error that nobody promised. */
  static final class Untyped extends Exception {
    private static final long serialVersionUID = 1;

    private Untyped(String text, Throwable cause) {
      super(text, cause);
    }
  }

  /** A wrong answer, or something accepted that should not have been. */
  static final class Wrong extends RuntimeException {
    private static final long serialVersionUID = 1;

    Wrong(String text) {
      super(text);
    }
  }

  private Verdict() {}

  /**
   * Lets pass what the product throws on purpose, with words, and what the attack's callbacks threw
   * themselves.
   *
   * @throws Untyped with the case's calls, for all else
   * @throws Wrong as it is
   */
  static void on(Throwable t, Trace calls) throws Untyped {
    if (t instanceof Wrong wrong) {
      throw wrong;
    }
    boolean typed = t instanceof QuernException && t.getMessage() != null && worded(t.getMessage());
    if (!typed && !(t instanceof Thrown own && !own.onlyAsCause())) {
      throw new Untyped("after these calls:" + calls, t);
    }
  }

  private static boolean worded(String message) {
    return message.length() > 5 && message.contains(" ");
  }
}

package dev.quern.fuzz.faults;

import dev.quern.fuzz.Kind;

/** A promise that a run did not keep; the message tells all that was done. */
public final class Broken extends Exception {
  private static final long serialVersionUID = 1;
  private final Kind kind;

  Broken(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}

package dev.quern.fuzz;

/** What a finding is. */
public enum Kind {
  /** The process ended by itself, or was ended by the system. */
  DEATH,
  /** A case took longer than any may. */
  HANG,
  /** An error that is no QuernException, or one whose message says nothing. */
  UNTYPED,
  /** Something was accepted that should have been refused, or a wrong answer. */
  WRONG;

  String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}

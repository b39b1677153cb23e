package dev.quern.plan.build;

/** The way in which an operation of an inference plan processes values in bf16. */
public enum Bf16Use {
  /** It reads and writes floats. */
  NONE,
  /** It reads and writes values of either type. */
  ANY,
  /** It reads either type, and writes bf16 only if its first input is in bf16. */
  FOLLOWS
}

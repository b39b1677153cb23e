package dev.quern.layer.recurrent;

/** The order in which a recurrent layer reads the steps of a sequence. */
public enum Direction {
  /** From the first step to the last. */
  FORWARD,

  /** From the last step to the first; the output at a step is the state after that step. */
  REVERSE,

  /** Both orders with separate weights; each step's outputs are concatenated, forward first. */
  BIDIRECTIONAL;

  /** Returns the number of directions: 1 or 2. */
  public int count() {
    return this == BIDIRECTIONAL ? 2 : 1;
  }
}

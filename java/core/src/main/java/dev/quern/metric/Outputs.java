package dev.quern.metric;

/** What a network's outputs are, which decides how they become probabilities. */
public enum Outputs {
  /** Numbers of any size; softmax or sigmoid turns them into probabilities. */
  LOGITS,
  /** Numbers in [0, 1], as they come from softmax or sigmoid. */
  PROBABILITIES
}

package dev.quern.metric;

/** Kind of a network's outputs, which determines their conversion to probabilities. */
public enum Outputs {
  /** Numbers of any size; softmax or sigmoid turns them into probabilities. */
  LOGITS,
  /** Numbers in [0, 1], as they come from softmax or sigmoid. */
  PROBABILITIES
}

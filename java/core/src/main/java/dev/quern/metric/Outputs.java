package dev.quern.metric;

/** The kind of a network's outputs, which determines their conversion to probabilities. */
public enum Outputs {
  /** Unbounded numbers, which softmax or sigmoid converts to probabilities. */
  LOGITS,
  /** Numbers in [0, 1]: the results of softmax or sigmoid. */
  PROBABILITIES
}

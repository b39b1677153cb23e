package dev.quern.diagnostics;

import dev.quern.internal.arguments.Require;

/**
 * A likely problem of the data or the training run. Immutable.
 *
 * @param kind kind of the problem
 * @param message description of the problem with its numbers, in one line
 * @param advice possible remedies in one line, with options of {@code quern train}
 */
public record Finding(Kind kind, String message, String advice) {
  /** Kinds of problems. */
  public enum Kind {
    /** The loss has grown far beyond the loss of random guessing. */
    DIVERGED,
    /** The loss does not decrease. */
    NOT_LEARNING,
    /** Training samples are predicted far better than held-out samples. */
    OVERFITTING,
    /** Nearly all predictions are the same class. */
    ONE_CLASS,
    /** Held-out samples are also in the training set. */
    DUPLICATES,
    /** A class has few training samples. */
    FEW_SAMPLES,
    /** One class has many times as many training samples as another class. */
    IMBALANCED,
    /** For some samples, the model predicts another class than the label with high probability. */
    SUSPICIOUS_LABELS,
    /** Images are far larger than the network's input. */
    LARGE_IMAGES
  }

  public Finding {
    Require.present("finding", "kind", kind);
    Require.present("finding", "message", message);
    Require.present("finding", "advice", advice);
  }

  /**
   * Returns message and advice: {@code class fish has 8 training samples: add images, or
   * --balanced}.
   */
  @Override
  public String toString() {
    return message + ": " + advice;
  }
}

package dev.quern.diagnostics;

import dev.quern.internal.arguments.Require;

/**
 * A likely problem of data or training. Immutable.
 *
 * @param kind of the fault
 * @param message what was found, with its figures, in one line
 * @param advice what helps, in one line, with the options of {@code quern train}
 */
public record Finding(Kind kind, String message, String advice) {
  /** Kinds of faults. */
  public enum Kind {
    /** The loss has grown far beyond that of guessing. */
    DIVERGED,
    /** The loss does not fall. */
    NOT_LEARNING,
    /** Training samples are predicted far better than held-out ones. */
    OVERFITTING,
    /** Nearly all predictions are one class. */
    ONE_CLASS,
    /** Held-out samples are training samples, too. */
    DUPLICATES,
    /** A class has few training samples. */
    FEW_SAMPLES,
    /** One class has many times the training samples of another. */
    IMBALANCED,
    /** Samples that the model contradicts with confidence. */
    SUSPICIOUS_LABELS,
    /** Images are far larger than the network's input. */
    LARGE_IMAGES
  }

  public Finding {
    Require.present("finding", "kind", kind);
    Require.present("finding", "message", message);
    Require.present("finding", "advice", advice);
  }

  /** For example {@code class fish has 8 training samples: add images, or --balanced}. */
  @Override
  public String toString() {
    return message + ": " + advice;
  }
}

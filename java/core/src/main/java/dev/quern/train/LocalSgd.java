package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * Synchronisation of a network's replicas: data-parallel SGD or local SGD. In a round each replica
 * takes some steps on its own part of the data, all from the same weights.
 *
 * <p>With one step, the mean of the replicas' gradients, by their images, goes to the trainer's
 * optimizer: data parallelism, which equals a single trainer with the combined batch, up to
 * rounding. With more steps, replicas run the optimizer themselves, the mean of their weights'
 * changes, delta, goes to an outer step, {@code m = momentum m + delta; w += lr (delta + momentum
 * m)}, and optimizer state is averaged (local SGD, arXiv 1808.07217; DiLoCo, arXiv 2311.08105,
 * takes 0.7 and 0.9).
 *
 * @param steps steps of a replica per round, at least 1
 * @param lr learning rate of the outer step; 1 for the mean of the weights
 * @param momentum Nesterov momentum of the outer step; 0 for none
 * @param compression compression of the replicas' contributions
 */
public record LocalSgd(int steps, float lr, float momentum, Compression compression) {
  private static final String NAME = "local sgd";

  /** Number format of the exchanged weights. */
  public enum Compression {
    /** As they are, 4 bytes each. */
    NONE,
    /** As bfloat16, 2 bytes each, rounded to nearest; running statistics stay as they are. */
    BF16
  }

  public LocalSgd {
    Require.present(NAME, "compression", compression);
    if (steps < 1) {
      throw new InvalidArgumentException(NAME + ": steps " + steps + " must be at least 1");
    }
    if (!(lr > 0) || Float.isInfinite(lr)) {
      throw new InvalidArgumentException(NAME + ": lr " + lr + " is not a number above 0");
    }
    if (!(momentum >= 0 && momentum < 1)) {
      throw new InvalidArgumentException(NAME + ": momentum " + momentum + " is outside [0, 1)");
    }
    if (steps == 1 && (lr != 1 || momentum != 0)) {
      throw new InvalidArgumentException(
          NAME
              + ": lr "
              + lr
              + " and momentum "
              + momentum
              + " need several steps per round; with one step the trainer's optimizer applies the"
              + " gradients");
    }
  }

  /** The mean of the replicas, which travels as it is. */
  public LocalSgd(int steps) {
    this(steps, 1, 0, Compression.NONE);
  }
}

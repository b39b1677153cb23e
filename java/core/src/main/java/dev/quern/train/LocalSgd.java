package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * The synchronization rule of a network's replicas: data-parallel SGD or local SGD. In each round,
 * all replicas start from equal weights, and each replica trains for {@code steps} steps on its own
 * part of the data.
 *
 * <p>With one step, the trainer's optimizer applies the mean of the replicas' gradients, weighted
 * by numbers of images (data parallelism). Up to rounding, this equals a single trainer with the
 * combined batch. With more steps, the replicas run the optimizer themselves. An outer step then
 * applies delta, the mean change of the replicas' weights: {@code m = momentum m + delta; w += lr
 * (delta + momentum m)}; the optimizer state is averaged (local SGD, arXiv 1808.07217; DiLoCo,
 * arXiv 2311.08105, uses lr 0.7 and momentum 0.9).
 *
 * @param steps number of steps of each replica per round, at least 1
 * @param lr learning rate of the outer step; with 1 and no momentum, the new weights are the mean
 *     of the replicas' weights
 * @param momentum Nesterov momentum of the outer step; 0 for none
 * @param compression compression of the replicas' contributions
 */
public record LocalSgd(int steps, float lr, float momentum, Compression compression) {
  private static final String NAME = "local sgd";

  /** The number format of the exchanged tensors. */
  public enum Compression {
    /** No compression: float32, 4 bytes per value. */
    NONE,
    /** bfloat16, 2 bytes per value, rounded to nearest; running statistics stay float32. */
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
              + " require several steps per round; with one step, the trainer's optimizer applies"
              + " the gradients");
    }
  }

  /** Creates a rule that averages the replicas' weights, without momentum and compression. */
  public LocalSgd(int steps) {
    this(steps, 1, 0, Compression.NONE);
  }
}

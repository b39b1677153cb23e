package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import java.util.List;

/**
 * Exchange of gradients between replicas of a network that train on parts of a data set, in this
 * process or in others. It sends each round to the replicas and adds up their contributions. {@link
 * Trainer#fit(GradientExchange, LocalSgd, int, TrainingListener)} trains with it; the result
 * depends only on the parts, not on where and when they are processed.
 */
public interface GradientExchange {
  /** Name of the data set, for messages. */
  String name();

  /** Samples of each part, the same at each call. */
  List<Integer> sizes();

  /**
   * Has {@link Trainer#contribute} done for each part, in any order and any number of times, and
   * {@link Contribution#plus adds} what is brought in the order of the parts.
   *
   * @throws RuntimeException if a part cannot be worked on; it ends the training
   */
  Contribution round(Round round);

  /**
   * Creates an exchange with replicas that run one after the other in this process.
   *
   * @param worker another trainer with the same network and settings as the one that fits; the
   *     caller owns it
   * @param parts in the order of the replicas
   * @throws InvalidArgumentException if the list is empty
   */
  static GradientExchange local(Trainer worker, List<? extends Dataset> parts) {
    return new LocalExchange(worker, parts);
  }
}

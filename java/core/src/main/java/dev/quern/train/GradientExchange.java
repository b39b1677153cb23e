package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import java.util.List;

/**
 * An exchange of gradients between replicas of a network that train on parts of a data set, in this
 * process or in others. The exchange sends each round to the replicas and sums their contributions.
 * {@link Trainer#fit(GradientExchange, LocalSgd, int, TrainingListener)} trains with the exchange.
 * The result depends only on the parts, not on the order in which they are processed or on the
 * machines that process them.
 */
public interface GradientExchange {
  /** Returns the name of the data set, for messages. */
  String name();

  /** Returns the number of samples in each part; every call must return the same numbers. */
  List<Integer> sizes();

  /**
   * Runs {@link Trainer#contribute} for each part, and {@link Contribution#plus adds} the
   * contributions in the order of the parts. Parts may be processed in any order and repeatedly,
   * for example after a failure.
   *
   * @throws RuntimeException if a part cannot be processed; the exception ends the training
   */
  Contribution round(Round round);

  /**
   * Creates an exchange with replicas that run sequentially in this process.
   *
   * @param worker a second trainer, with the network and settings of the trainer that calls fit;
   *     the caller closes it
   * @param parts the data set of each replica
   * @throws InvalidArgumentException if the list is empty
   */
  static GradientExchange local(Trainer worker, List<? extends Dataset> parts) {
    return new LocalExchange(worker, parts);
  }
}

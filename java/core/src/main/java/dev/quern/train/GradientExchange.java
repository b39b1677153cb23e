package dev.quern.train;

import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import java.util.List;

/**
 * Where replicas of a network work on parts of a data set: this process, or others. It carries a
 * round to each of them, and adds up what they bring. {@link Trainer#fit(GradientExchange,
 * LocalSgd, int, TrainingListener)} runs on one; what it gives depends on the parts alone, not on
 * where and when they are worked on.
 */
public interface GradientExchange {
  /** Of the data, for messages. */
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
   * Replicas that take turns in this process.
   *
   * @param worker of the same network and settings as the trainer that fits, and not that one; it
   *     stays the caller's
   * @param parts in the order of the replicas
   * @throws InvalidArgumentException if there is no part
   */
  static GradientExchange local(Trainer worker, List<? extends Dataset> parts) {
    return new LocalExchange(worker, parts);
  }
}

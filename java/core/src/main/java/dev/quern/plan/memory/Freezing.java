package dev.quern.plan.memory;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.network.Network;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Freezing settings of a {@link TrainerBuilder}: patterns of frozen parameters, and of parameters
 * that are unfrozen in later epochs. Not thread-safe.
 */
public final class Freezing {
  private final List<String> frozen = new ArrayList<>();
  private final List<String> trained = new ArrayList<>();
  private final TreeMap<Integer, List<String>> unfrozen = new TreeMap<>();
  private boolean movesStatistics;

  /** Adds patterns of parameters that are frozen from the start. */
  public void freeze(String... patterns) {
    frozen.addAll(patterns("freeze patterns", patterns));
  }

  /**
   * Adds patterns of parameters that are trained from the start; all other parameters are frozen.
   */
  public void freezeAllBut(String... patterns) {
    trained.addAll(patterns("patterns of freezeAllBut", patterns));
  }

  /**
   * Adds patterns of parameters that are unfrozen in a later epoch.
   *
   * @param epoch the first epoch in which the parameters are trained, at least 2
   * @throws InvalidArgumentException if the epoch is less than 2
   */
  public void unfreeze(int epoch, String... patterns) {
    if (epoch < 2) {
      throw new InvalidArgumentException(
          "trainer: epoch "
              + epoch
              + " of unfreeze must be at least 2; freeze determines the parameters of epoch 1");
    }
    List<String> all = patterns("unfreeze patterns", patterns);
    if (!all.isEmpty()) {
      unfrozen.computeIfAbsent(epoch, e -> new ArrayList<>()).addAll(all);
    }
  }

  private static List<String> patterns(String what, String... patterns) {
    Require.present("trainer", what, patterns);
    return Require.all("trainer", what, Arrays.asList(patterns));
  }

  /**
   * Lets frozen batch normalization use the batch's statistics and update its running statistics.
   */
  public void moveStatistics() {
    movesStatistics = true;
  }

  /**
   * Returns the frozen parameters of each stage.
   *
   * @param network the network whose outputs are logits
   * @throws InvalidArgumentException if a pattern matches no parameter, if an unfreeze pattern
   *     matches no frozen parameter, or if all parameters and statistics are frozen
   */
  public Stages stages(Network network) {
    return Stages.of(network, frozen, trained, unfrozen, !movesStatistics);
  }

  /** Adds these settings to a map, in the text form that checkpoints contain. */
  public void putInto(Map<String, String> settings) {
    settings.put("frozen", frozen.toString());
    if (!trained.isEmpty()) {
      settings.put("frozen_but", trained.toString());
    }
    if (!unfrozen.isEmpty()) {
      settings.put("unfrozen", unfrozen.toString());
    }
    if (movesStatistics) {
      settings.put("frozen_statistics", "move");
    }
  }
}

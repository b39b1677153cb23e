package dev.quern.plan.memory;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.NamePattern;
import dev.quern.network.Network;
import dev.quern.train.TrainerBuilder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Frozen parameters by epoch. The first stage is set by {@link TrainerBuilder#freeze}; each epoch
 * of {@link TrainerBuilder#unfreeze} starts another.
 */
public final class Stages {
  /** Epochs in which stages begin, ascending; the first stage begins at 0. */
  private final List<Integer> begins = new ArrayList<>();

  private final List<Frozen> frozen = new ArrayList<>();

  /** The stage from which a parameter is trained; none for those that stay frozen. */
  private final Map<String, Integer> trainedFrom = new HashMap<>();

  /**
   * Returns the stages.
   *
   * @param network the network whose outputs are logits
   * @param trained patterns of trained parameters, with all others frozen; may be empty
   * @param froms patterns by the epoch in which they are unfrozen
   * @throws InvalidArgumentException if a pattern matches no parameter, or no frozen one, or all
   *     parameters are frozen and no statistics are updated
   */
  public static Stages of(
      Network network,
      List<String> frozen,
      List<String> trained,
      TreeMap<Integer, List<String>> froms,
      boolean keepStatistics) {
    Stages all = new Stages();
    Set<String> names = network.parameters().keySet();
    Set<String> left = new LinkedHashSet<>(named("freeze", frozen, names));
    if (!trained.isEmpty()) {
      List<String> kept = named("freezeAllBut", trained, names);
      names.stream().filter(n -> !kept.contains(n)).forEach(left::add);
    }
    if (keepStatistics && !names.isEmpty() && left.size() == names.size()) {
      throw new InvalidArgumentException(
          "freeze: all "
              + names.size()
              + " parameters of network "
              + network.name()
              + " are frozen; at least one must be trained");
    }
    names.stream().filter(n -> !left.contains(n)).forEach(n -> all.trainedFrom.put(n, 0));
    all.add(0, Frozen.of(network, left, keepStatistics));
    froms.forEach(
        (epoch, patterns) -> {
          for (String pattern : patterns) {
            List<String> freed = named("unfreeze", List.of(pattern), names);
            freed.retainAll(left);
            if (freed.isEmpty()) {
              throw new InvalidArgumentException(
                  "unfreeze: pattern "
                      + pattern
                      + " matches no parameter that is frozen in epoch "
                      + epoch);
            }
            freed.forEach(n -> all.trainedFrom.put(n, all.begins.size()));
            freed.forEach(left::remove);
          }
          all.add(epoch, Frozen.of(network, left, keepStatistics));
        });
    return all;
  }

  private static List<String> named(String what, List<String> patterns, Set<String> names) {
    List<NamePattern> all = patterns.stream().map(p -> NamePattern.of(what, p, names)).toList();
    return new ArrayList<>(
        names.stream().filter(n -> all.stream().anyMatch(p -> p.matches(n))).toList());
  }

  private void add(int epoch, Frozen of) {
    begins.add(epoch);
    frozen.add(of);
  }

  /** Returns the stage of an epoch, which is counted from 1; stage 0 before the first epoch. */
  public int at(int epoch) {
    int stage = 0;
    while (stage + 1 < begins.size() && begins.get(stage + 1) <= epoch) {
      stage++;
    }
    return stage;
  }

  public Frozen frozen(int stage) {
    return frozen.get(stage);
  }

  /**
   * Returns the stage from which a parameter is trained; the parameter must not be frozen in all
   * stages.
   */
  public int trainedFrom(String parameter) {
    return trainedFrom.getOrDefault(parameter, begins.size());
  }
}

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
 * The frozen parameters in each epoch of training. {@link TrainerBuilder#freeze} defines the first
 * stage; each epoch of {@link TrainerBuilder#unfreeze} begins another stage.
 */
public final class Stages {
  /** The first epoch of each stage, ascending; 0 for the first stage. */
  private final List<Integer> begins = new ArrayList<>();

  private final List<Frozen> frozen = new ArrayList<>();

  /**
   * The first stage in which each parameter is trained. Parameters that are frozen in all stages
   * are not in the map.
   */
  private final Map<String, Integer> trainedFrom = new HashMap<>();

  /**
   * Creates the stages.
   *
   * @param network the network whose outputs are logits
   * @param frozen patterns of frozen parameters
   * @param trained patterns of trained parameters, with all others frozen; may be empty
   * @param froms patterns of parameters to unfreeze, by epoch
   * @param keepStatistics whether running statistics of frozen layers are frozen, too
   * @throws InvalidArgumentException if a pattern matches no parameter, if an unfreeze pattern
   *     matches no frozen parameter, or if all parameters and statistics are frozen
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

  /**
   * Returns the index of the stage to which an epoch belongs.
   *
   * @param epoch the epoch, counted from 1; 0 before training
   */
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
   * Returns the first stage in which a parameter is trained; the number of stages if it is always
   * frozen.
   */
  public int trainedFrom(String parameter) {
    return trainedFrom.getOrDefault(parameter, begins.size());
  }
}

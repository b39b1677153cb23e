package dev.quern.train;

import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import java.io.Serial;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A round of training with replicas: its initial tensors and its steps. The trainer that calls fit
 * creates a round for {@link Trainer#contribute}. Serializable and, for callers, immutable.
 */
public final class Round implements Serializable {
  @Serial private static final long serialVersionUID = 1;

  /** Settings that only the trainer that calls fit uses. */
  private static final Set<String> NOT_SHARED = Set.of("validation", "early_stopping", "plateau");

  /**
   * The position of a round in training.
   *
   * @param epoch the epoch, counted from 1 over all calls of fit
   * @param epochs number of epochs of this call
   * @param done number of finished epochs of this call
   * @param first the round's first step in the epoch, counted from 0
   * @param steps maximum number of steps of each replica in the round
   * @param stepsOfEpoch number of steps per epoch of the replica with the most steps
   * @param images number of images of all replicas in the round
   */
  record Place(int epoch, int epochs, int done, int first, int steps, int stepsOfEpoch, int images)
      implements Serializable {
    Place of(int all) {
      return new Place(epoch, epochs, done, first, steps, stepsOfEpoch, all);
    }

    /**
     * Returns the number of images that a part of {@code size} images contributes to this round.
     */
    int images(int size, int batch) {
      long from = Math.min(size, (long) first * batch);
      long to = Math.min(size, (long) (first + steps) * batch);
      return (int) (to - from);
    }
  }

  final Place place;
  final boolean gradients;
  final boolean bf16;
  final double plateau;
  final long stepsDone;
  final long updates;
  private final ArrayList<Long> unfrozen;
  private final LinkedHashMap<String, float[]> tensors;
  private final HashMap<String, String> settings;

  Round(
      Place place,
      LocalSgd rule,
      double plateau,
      TrainingState.Progress from,
      Map<String, float[]> tensors,
      Map<String, String> settings) {
    this.place = place;
    gradients = rule.steps() == 1;
    bf16 = rule.compression() == LocalSgd.Compression.BF16;
    this.plateau = plateau;
    stepsDone = from.steps();
    updates = from.updates();
    unfrozen = new ArrayList<>(from.unfrozen());
    this.tensors = new LinkedHashMap<>(tensors);
    this.settings = shared(settings);
  }

  private static HashMap<String, String> shared(Map<String, String> settings) {
    HashMap<String, String> all = new HashMap<>(settings);
    all.keySet().removeAll(NOT_SHARED);
    return all;
  }

  TrainingState.Progress progress() {
    return new TrainingState.Progress(stepsDone, updates, 0, place.epoch(), null, unfrozen);
  }

  /**
   * Returns the tensors at the start of the round: weights, running statistics and, if replicas run
   * the optimizer, its state.
   */
  Map<String, float[]> tensors() {
    return tensors;
  }

  /**
   * Checks a replica's network and settings.
   *
   * @throws InvalidArgumentException if network or settings differ from those of the trainer that
   *     calls fit
   */
  void requireSame(Network network, Map<String, String> others) {
    Map<String, float[]> weights = StateNames.weights(tensors);
    TrainingState.requireWeights(network, weights);
    if (weights.size() != network.state().size()) {
      throw new InvalidArgumentException(
          "contribute: the round belongs to a network other than " + network.name());
    }
    Map<String, String> own = shared(others);
    if (!own.equals(settings)) {
      Map<String, String> differ = new HashMap<>(settings);
      differ.entrySet().removeIf(e -> e.getValue().equals(own.get(e.getKey())));
      own.keySet().removeIf(key -> !differ.containsKey(key) && settings.containsKey(key));
      throw new InvalidArgumentException(
          "contribute: the fitting trainer has " + differ + ", the replica has " + own);
    }
  }

  /** Returns text such as {@code epoch 3, steps 17 to 32 of 98}. */
  @Override
  public String toString() {
    int last = Math.min(place.first() + place.steps(), place.stepsOfEpoch());
    String steps =
        place.steps() == 1 ? "step " + last : "steps " + (place.first() + 1) + " to " + last;
    return "epoch " + place.epoch() + ", " + steps + " of " + place.stepsOfEpoch();
  }
}

package dev.quern.train;

import dev.quern.feed.NetworkData;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;
import dev.quern.plan.EpochImages;
import java.util.LinkedHashMap;
import java.util.Map;

/** Computes a replica's contribution to a round with the weights and the plan of a trainer. */
final class ReplicaWork {
  private final TrainerParts parts;
  private final BatchSteps.Feed feed;
  private final TrainingStep step;
  private final Round round;
  private final NetworkData data;
  private int images;
  private double lossSum;
  private long correct;
  private long answers;

  /**
   * Creates the work of one replica in one round.
   *
   * @param feed the settings of the trainer's batches, with the seed of the first replica
   */
  ReplicaWork(
      TrainerParts parts, BatchSteps.Feed feed, Round round, int replica, NetworkData data) {
    long seed = seed(feed.seed(), replica);
    this.parts = parts;
    this.feed = feed.seeded(seed);
    this.round = round;
    this.data = data;
    step = new TrainingStep(parts, seed);
    step.restore(round.stepsDone);
  }

  private static long seed(long seed, int replica) {
    return replica == 0 ? seed : Philox.bits(seed, Stream.SHUFFLE, replica, -4); // no other key
  }

  Contribution run() {
    int own = round.place.images(data.size(), parts.plan.batch());
    if (own == 0) {
      return Contribution.NONE;
    }
    try {
      return round.gradients ? gradients(own) : steps(own);
    } finally {
      parts.plan.awaitGathering(); // the data set is not read after this method returns
    }
  }

  private Contribution gradients(int own) {
    Round.Place at = round.place;
    parts.take(at.epoch(), StateNames.weights(round.tensors()));
    EpochImages batches = feed.images(parts, data, at.epoch());
    add(own, step.gradients(() -> batches.load(at.first()), () -> place(at.first())));
    Map<String, float[]> all = new LinkedHashMap<>();
    parts.weights.copyGradients().forEach((name, g) -> all.put(StateNames.gradient(name), g));
    Map<String, float[]> now = parts.weights.copy();
    parts
        .weights
        .network()
        .buffers()
        .keySet()
        .forEach(name -> all.put(StateNames.weight(name), now.get(name)));
    return brought(all);
  }

  private Contribution steps(int own) {
    Round.Place at = round.place;
    Map<String, float[]> before = StateNames.weights(round.tensors());
    parts.restore(round.progress(), StateNames.ofOptimizer(round.tensors()), before);
    LearningRate rate = parts.optimization.rate;
    try {
      rate.begin(at.epochs(), at.stepsOfEpoch(), at.done(), at.first());
      rate.plateau(round.plateau);
      EpochImages batches = feed.images(parts, data, at.epoch());
      for (int s = at.first(); images < own; s++) {
        int number = s;
        int n = batches.count(number);
        add(n, step.run(() -> batches.load(number), false, () -> place(number)));
      }
    } finally {
      rate.end();
    }
    Map<String, float[]> all = new LinkedHashMap<>();
    parts
        .weights
        .copy()
        .forEach((name, w) -> all.put(StateNames.weight(name), way(name, w, before)));
    all.putAll(parts.optimization.state());
    return brought(all);
  }

  /**
   * Returns a parameter's change since the start of the round; for running statistics, the values
   * themselves.
   */
  private float[] way(String name, float[] now, Map<String, float[]> before) {
    if (parts.weights.parameters().containsKey(name)) {
      float[] from = before.get(name);
      for (int i = 0; i < now.length; i++) {
        now[i] -= from[i];
      }
    }
    return now;
  }

  private void add(int n, double loss) {
    images += n;
    lossSum += loss * n;
    correct += step.correct();
    answers += step.answers();
  }

  private Contribution brought(Map<String, float[]> all) {
    float share = images == round.place.images() ? 1 : (float) images / round.place.images();
    all.forEach(
        (name, values) -> {
          scale(values, share);
          if (round.bf16 && !parts.weights.network().buffers().containsKey(StateNames.bare(name))) {
            ContributionBytes.round(values);
          }
        });
    return new Contribution(all, images, lossSum, correct, answers);
  }

  /** Multiplies values by a factor, in a separate loop that the JIT compiler can vectorize. */
  private static void scale(float[] values, float share) {
    for (int i = 0; i < values.length; i++) {
      values[i] *= share;
    }
  }

  private String place(int number) {
    return "epoch "
        + round.place.epoch()
        + ", step "
        + (number + 1)
        + " of data set "
        + data.name();
  }
}

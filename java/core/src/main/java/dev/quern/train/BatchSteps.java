package dev.quern.train;

import dev.quern.augment.Augmentation;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.feed.Mixes;
import dev.quern.feed.NetworkData;
import dev.quern.plan.EpochImages;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Training steps on the batches of a data set. Not thread-safe. */
final class BatchSteps implements StepSource {
  /** The settings that determine how batches are formed from samples. */
  record Feed(
      Map<String, Normalization> normalizations,
      List<Augmentation> augmentations,
      Mixes mixes,
      Sampler sampler,
      long seed) {
    static Feed of(TrainerSettings s) {
      Mixes mixes = new Mixes(s.mixes, s.seed, s.network.input());
      return new Feed(s.preprocessing.normalizations(), s.augmentations, mixes, s.sampler, s.seed);
    }

    /** Returns a copy with another seed. */
    Feed seeded(long other) {
      Mixes own = new Mixes(mixes.all(), other, mixes.image());
      return new Feed(normalizations, augmentations, own, sampler, other);
    }

    EpochImages images(TrainerParts parts, NetworkData data, int epoch) {
      return new EpochImages(
          parts.plan, data, normalizations, augmentations, mixes, sampler, seed, epoch);
    }
  }

  private final TrainerParts parts;
  private final TrainingStep step;
  private final Feed feed;
  private final NetworkData data;
  private EpochImages images;
  private int count;

  BatchSteps(TrainerParts parts, TrainingStep step, Feed feed, NetworkData data) {
    this.parts = parts;
    this.step = step;
    this.feed = feed;
    this.data = data;
  }

  @Override
  public String name() {
    return data.name();
  }

  @Override
  public int images() {
    return data.size();
  }

  @Override
  public int steps() {
    return parts.stepsOf(data.size());
  }

  @Override
  public void begin(int epoch, FitRun run) {
    images = feed.images(parts, data, epoch);
  }

  @Override
  public double step(int number, Supplier<String> place) {
    count = images.count(number);
    return step.run(() -> images.load(number), number + 1 == steps(), place);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public long correct() {
    return step.correct();
  }

  @Override
  public long answers() {
    return step.answers();
  }

  @Override
  public void end() {
    parts.plan.awaitGathering();
  }
}

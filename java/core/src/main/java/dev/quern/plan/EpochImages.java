package dev.quern.plan;

import dev.quern.augment.Augmentation;
import dev.quern.data.Normalization;
import dev.quern.data.Sampler;
import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.Mixes;
import dev.quern.feed.NetworkData;
import dev.quern.plan.load.Sampling;
import java.util.List;
import java.util.Map;

/**
 * Loads the training images of one epoch, batch by batch, in the order of a sampler. The next batch
 * is read during the step on the current batch. Not thread-safe.
 */
public final class EpochImages {
  private final Plan plan;
  private final NetworkData data;
  private final Map<String, Normalization> normalizations;
  private final int[] order;
  private final EpochAugmentation movesOrNull;
  private final Mixes mixes;
  private final int epoch;

  /** The next batch, which is being read; null if there is none. */
  private ImageBatch ahead;

  public EpochImages(
      Plan plan,
      NetworkData data,
      Map<String, Normalization> normalizations,
      List<Augmentation> augmentations,
      Mixes mixes,
      Sampler sampler,
      long seed,
      int epoch) {
    this.plan = plan;
    this.data = data;
    this.normalizations = normalizations;
    this.mixes = mixes;
    this.epoch = epoch;
    order = Sampling.order(sampler, seed, epoch, data.size());
    movesOrNull =
        augmentations.isEmpty() ? null : new EpochAugmentation(augmentations, seed, epoch);
  }

  /**
   * Returns the number of images in a step.
   *
   * @param step the step, counted from 0
   */
  public int count(int step) {
    return Math.min(plan.batch(), order.length - step * plan.batch());
  }

  /**
   * Loads the images of a step; steps count from 0. Repeated calls for the same step load the same
   * images.
   */
  public void load(int step) {
    int from = step * plan.batch();
    plan.load(ahead != null && ahead.from() == from ? ahead : batch(step), normalizations);
    ahead = from + count(step) < order.length ? batch(step + 1) : null;
    if (ahead != null) {
      plan.gatherAhead(ahead);
    }
  }

  private ImageBatch batch(int step) {
    return new ImageBatch(
        data, order, step * plan.batch(), count(step), movesOrNull, mixes.draw(epoch, step));
  }
}

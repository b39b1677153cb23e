package dev.quern.feed;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.data.RandomNumbers;
import dev.quern.internal.Philox;
import dev.quern.internal.Philox.Stream;
import dev.quern.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mixing of a run's batches. For each batch, one of several methods is selected with equal
 * probabilities; the selection depends only on seed, epoch and step.
 *
 * @param image the input's shape, {@code [C, H, W]} for CutMix
 */
public record Mixes(List<Mix> all, long seed, Shape image) {
  /** Samples how MixUp or CutMix mixes a batch; null if the batch is not mixed. */
  public @Nullable Mixing draw(int epoch, int step) {
    if (all.isEmpty()) {
      return null;
    }
    long key = Philox.bits(seed, Stream.AUGMENT, 0, -3); // no other use has this key
    RandomNumbers random = RandomNumbers.of(key, epoch, step);
    Mix mix = all.get(all.size() == 1 ? 0 : random.below(all.size()));
    double own = Beta.symmetric(mix.alpha(), random);
    if (!(mix instanceof CutMix)) {
      return Mixing.sum(own);
    }
    int height = (int) image.dim(1);
    int width = (int) image.dim(2);
    return Mixing.box(own, random.below(width), random.below(height), height, width);
  }
}

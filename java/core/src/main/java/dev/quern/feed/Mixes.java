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
 * How a run's batches are mixed: one of several ways for each batch, all as likely, drawn by seed,
 * epoch and step.
 *
 * @param image the input's shape; {@code [C, H, W]} where a rectangle is put in
 */
public record Mixes(List<Mix> all, long seed, Shape image) {
  /** Null for a batch that stays as it is. */
  public @Nullable Mixing draw(int epoch, int step) {
    if (all.isEmpty()) {
      return null;
    }
    long key = Philox.bits(seed, Stream.AUGMENT, 0, -3); // no image's, nor one of an augmentation
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

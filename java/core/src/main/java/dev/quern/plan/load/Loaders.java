package dev.quern.plan.load;

import dev.quern.data.Normalization;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.OffHeap;
import dev.quern.metric.Scorer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.loss.LossOp;
import java.util.Map;

/**
 * The loaders of samples of data sets into a plan, one for each input and output. Not thread-safe.
 */
public final class Loaders {
  private final ImageLoader[] inputs;
  private final String[] names;
  private final TargetLoader[] outputs;

  /**
   * Creates the loaders.
   *
   * @param losses one for each output
   */
  public Loaders(Builder b, LossOp[] losses, int batch, boolean training) {
    names = b.inputs.keySet().toArray(String[]::new);
    inputs = new ImageLoader[names.length];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = new ImageLoader(b, i, b.inputs.get(names[i]), batch, training);
    }
    outputs = new TargetLoader[losses.length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new TargetLoader(i, losses[i], batch, training);
    }
  }

  public void bind(OffHeap slab) {
    for (ImageLoader loader : inputs) {
      loader.bind(slab);
    }
  }

  /**
   * Loads a batch.
   *
   * @param normalizations the normalizations by input
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i].load(samples, normalizations.get(names[i]));
    }
    for (TargetLoader loader : outputs) {
      loader.load(samples);
    }
  }

  /** Starts reading the batch of the next load. */
  public void ahead(ImageBatch next) {
    for (ImageLoader loader : inputs) {
      loader.ahead(next);
    }
  }

  /** Waits for the batch that is read ahead. */
  public void await() {
    for (ImageLoader loader : inputs) {
      loader.await();
    }
  }

  /** Frees what is not in the plan's memory. */
  public void close() {
    for (ImageLoader loader : inputs) {
      loader.close();
    }
  }

  /** Keeps the targets that are loaded from now on, for {@link #score}. */
  public void keepTargets() {
    for (TargetLoader loader : outputs) {
      loader.keep();
    }
  }

  /** Passes an output of the loaded samples and their targets to a scorer. */
  public void score(int output, Scorer scorer, float[] values) {
    outputs[output].score(scorer, values);
  }
}

package dev.quern.plan.load;

import dev.quern.data.Normalization;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.OffHeap;
import dev.quern.metric.Scorer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.loss.LossOp;
import java.util.Map;

/**
 * The loaders that copy samples of data sets into a plan, one for each input and each output. Not
 * thread-safe.
 */
public final class Loaders {
  private final ImageLoader[] inputs;
  private final String[] names;
  private final TargetLoader[] outputs;

  /**
   * Creates the loaders.
   *
   * @param losses the losses, one for each output
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
   * @param normalizations the normalization of each input, by name
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i].load(samples, normalizations.get(names[i]));
    }
    for (TargetLoader loader : outputs) {
      loader.load(samples);
    }
  }

  /** Starts reading the batch that the next {@link #load} call will load. */
  public void ahead(ImageBatch next) {
    for (ImageLoader loader : inputs) {
      loader.ahead(next);
    }
  }

  /** Waits until the batch of {@link #ahead} has been read. */
  public void await() {
    for (ImageLoader loader : inputs) {
      loader.await();
    }
  }

  /** Frees the memory that was allocated outside the plan's memory. */
  public void close() {
    for (ImageLoader loader : inputs) {
      loader.close();
    }
  }

  /** Makes later loads keep a copy of the targets for {@link #score}. */
  public void keepTargets() {
    for (TargetLoader loader : outputs) {
      loader.keep();
    }
  }

  /**
   * Passes one output and the targets of the loaded samples to a scorer.
   *
   * @param output the index of the output
   * @param values the output's values for the loaded samples
   */
  public void score(int output, Scorer scorer, float[] values) {
    outputs[output].score(scorer, values);
  }
}

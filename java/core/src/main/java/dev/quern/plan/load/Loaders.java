package dev.quern.plan.load;

import dev.quern.data.Normalization;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.OffHeap;
import dev.quern.metric.Scorer;
import dev.quern.plan.build.Builder;
import dev.quern.plan.loss.LossOp;
import java.util.Map;

/** Brings samples of data sets into a plan: one loader an input, one an output. Not thread-safe. */
public final class Loaders {
  private final ImageLoader[] inputs;
  private final String[] names;
  private final TargetLoader[] outputs;

  /**
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
   * @param normalizations by input
   */
  public void load(ImageBatch samples, Map<String, Normalization> normalizations) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i].load(samples, normalizations.get(names[i]));
    }
    for (TargetLoader loader : outputs) {
      loader.load(samples);
    }
  }

  /** Begins to gather a batch that is loaded next. */
  public void ahead(ImageBatch next) {
    for (ImageLoader loader : inputs) {
      loader.ahead(next);
    }
  }

  /** Waits for what is gathered. */
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

  /** Gives an output of the loaded samples, with their targets, to a scorer. */
  public void score(int output, Scorer scorer, float[] values) {
    outputs[output].score(scorer, values);
  }
}

package dev.quern.plan.load;

import dev.quern.feed.CheckedDataset;
import dev.quern.feed.ImageBatch;
import dev.quern.feed.Mixing;
import dev.quern.internal.arguments.Heap;
import dev.quern.metric.Scorer;
import dev.quern.plan.loss.LossOp;
import dev.quern.tensor.Shape;
import java.util.Arrays;

/** Loads labels or targets of one output into a plan. Not thread-safe. */
final class TargetLoader {
  private final int number;
  private final LossOp loss;

  /** The labels of the loaded samples; null before the first use. */
  private int[] labels;

  private final int batch;
  private final boolean training;

  /** The sample weights of the loaded samples; null before the first use. */
  private float[] weights;

  /** Whether the targets of loaded samples are kept for a scorer. */
  private boolean keeps;

  /** The targets of the loaded samples; null for labels, or if no scorer needs them. */
  private float[] kept;

  private int count;

  /** The transformation of targets with one value per pixel; null before the first use. */
  private MaskMoves masks;

  /** The targets of a batch before mixup or cutmix; null before the first use. */
  private float[] unmixed;

  /**
   * Creates a loader.
   *
   * @param number the index of the output in the network
   */
  TargetLoader(int number, LossOp loss, int batch, boolean training) {
    this.number = number;
    this.loss = loss;
    this.batch = batch;
    this.training = training;
  }

  /** Makes later loads keep a copy of the targets for a scorer. */
  void keep() {
    keeps = true;
  }

  /** Passes the outputs and targets of the loaded samples to a scorer. */
  void score(Scorer scorer, float[] outputs) {
    if (kept != null) {
      scorer.add(count, outputs, kept);
      return;
    }
    Integer ignored = loss.ignored();
    int each = outputs.length / count;
    float[] rows = outputs.clone();
    int[] counted = new int[count];
    int n = 0;
    for (int i = 0; i < count; i++) {
      if (ignored == null || labels[i] != ignored) {
        System.arraycopy(outputs, i * each, rows, n * each, each);
        counted[n++] = labels[i];
      }
    }
    scorer.add(n, Arrays.copyOf(rows, n * each), Arrays.copyOf(counted, n));
  }

  void load(ImageBatch b) {
    CheckedDataset data = b.data().target(number);
    count = b.n();
    kept = null;
    loss.sampleWeights(training && data.haveWeights() ? weights(b, data) : null);
    if (data.haveTargets()) {
      targets(b, data);
      return;
    }
    if (labels == null) {
      labels = Heap.ints("plan: labels", batch);
    }
    for (int i = 0; i < b.n(); i++) {
      labels[i] = data.label(b.image(i));
    }
    if (b.mixingOrNull() == null) {
      loss.labels(labels, b.n());
    } else {
      loss.labels(labels, b.n(), b.mixingOrNull());
    }
  }

  /**
   * Returns the sample weights of a batch. Mixup and cutmix combine the weights like the samples.
   */
  private float[] weights(ImageBatch b, CheckedDataset data) {
    if (weights == null) {
      weights = Heap.floats("plan: weights of samples", batch);
    }
    for (int i = 0; i < b.n(); i++) {
      weights[i] = data.weight(b.image(i));
    }
    if (b.mixingOrNull() != null) {
      float[] own = Arrays.copyOf(weights, b.n());
      for (int i = 0; i < own.length; i++) {
        weights[i] = b.mixingOrNull().of(own[i], own[Mixing.other(i, own.length)]);
      }
    }
    return weights;
  }

  /**
   * Returns whether targets are transformed by the geometric augmentation of the first input's
   * images.
   */
  private boolean follow(ImageBatch b, CheckedDataset data) {
    Shape image = b.data().input(0).shape();
    if (b.movesOrNull() == null
        || !b.movesOrNull().areNative()
        || !MaskMoves.fit(image, data.targetShape())) {
      return false;
    }
    masks = masks == null ? new MaskMoves(image) : masks;
    return true;
  }

  private void targets(ImageBatch b, CheckedDataset data) {
    loss.requireTargets(data.targetShape());
    int each = (int) data.targetShape().elements();
    kept = keeps ? Heap.floats("evaluate: targets", (long) each * b.n()) : null;
    boolean follow = follow(b, data);
    Integer ignored = loss.ignored();
    for (int i = 0; i < b.n(); i++) {
      float[] target = data.target(b.image(i), b.movesOrNull(), b.data().input(0).shape());
      if (follow) {
        float outside = ignored == null ? 0 : ignored;
        target = masks.moved(target, b.image(i), b.movesOrNull(), outside);
      }
      if (b.mixingOrNull() != null) {
        waits(i, b.n(), target);
      } else {
        set(b, data, i, target);
      }
      if (keeps) {
        System.arraycopy(target, 0, kept, i * each, each);
      }
    }
    if (b.mixingOrNull() != null) {
      mix(b, data, each);
    }
  }

  private void set(ImageBatch b, CheckedDataset data, int i, float[] target) {
    String wrong = loss.target(i, target);
    if (wrong != null) {
      throw data.wrongTarget(b.image(i), wrong);
    }
  }

  /**
   * Stores the target of sample {@code i} of {@code n}; all targets are mixed after the last one is
   * read.
   */
  private void waits(int i, int n, float[] target) {
    long all = (long) n * target.length;
    if (unmixed == null || unmixed.length < all) {
      unmixed = Heap.floats("plan: targets of a batch", all);
    }
    System.arraycopy(target, 0, unmixed, i * target.length, target.length);
  }

  private void mix(ImageBatch b, CheckedDataset data, int each) {
    float[] target = new float[each];
    for (int i = 0; i < b.n(); i++) {
      int other = Mixing.other(i, b.n());
      for (int k = 0; k < each; k++) {
        target[k] = b.mixingOrNull().of(unmixed[i * each + k], unmixed[other * each + k]);
      }
      set(b, data, i, target);
    }
  }
}

package dev.quern.plan;

import dev.quern.internal.Heap;

/** Brings the labels or targets of one output into a plan. Not thread-safe. */
final class TargetLoader {
  private final int number;
  private final LossOp loss;

  /** Room for a batch's labels; made when first needed. */
  private int[] labels;

  private final int batch;

  /**
   * @param number of the network's output
   */
  TargetLoader(int number, LossOp loss, int batch) {
    this.number = number;
    this.loss = loss;
    this.batch = batch;
  }

  void load(ImageBatch b) {
    Samples data = b.data().target(number);
    if (data.haveTargets()) {
      loss.requireTargets(data.targetShape());
      for (int i = 0; i < b.n(); i++) {
        String wrong = loss.target(i, data.target(b.image(i)));
        if (wrong != null) {
          throw data.wrongTarget(b.image(i), wrong);
        }
      }
      return;
    }
    if (labels == null) {
      labels = Heap.ints("plan: labels", batch);
    }
    for (int i = 0; i < b.n(); i++) {
      labels[i] = data.label(b.image(i));
    }
    loss.labels(labels, b.n());
  }
}

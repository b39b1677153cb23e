package dev.quern.plan;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.plan.build.Builder;
import dev.quern.plan.loss.LossOp;
import dev.quern.plan.loss.OutputLoss;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/** The losses of a plan, one for each output, in the outputs' order. */
final class PlanLosses {
  final LossOp[] ops;

  PlanLosses(Builder builder, List<OutputLoss> losses) {
    ops = losses.stream().map(of -> LossOp.of(builder, of)).toArray(LossOp[]::new);
  }

  void bind(OffHeap slab, int batch) {
    for (LossOp loss : ops) {
      loss.bind(slab);
      loss.batch(batch);
    }
  }

  /** Sets the number of samples in the next passes. */
  void batch(int n) {
    for (LossOp loss : ops) {
      loss.batch(n);
    }
  }

  /** Sets the labels of the {@code count} loaded samples for the first output's loss. */
  void labels(int[] labels, int count) {
    if (labels.length != count) {
      throw new ShapeException(
          "training: " + labels.length + " labels do not fit " + count + " images");
    }
    ops[0].sampleWeights(null);
    ops[0].labels(labels, labels.length);
  }

  /**
   * Sets the targets of the {@code count} loaded samples for one loss, in C, H, W order.
   *
   * @param loss the index of the loss
   */
  void targets(int loss, Shape shape, FloatPointer values, int count) {
    if (shape.rank() < 1 || shape.dim(0) != count) {
      throw new ShapeException("training: targets " + shape + " do not fit " + count + " images");
    }
    ops[loss].sampleWeights(null);
    ops[loss].requireTargets(shape.sample());
    ops[loss].targets(values);
  }

  boolean targetsFinite() {
    return Arrays.stream(ops).allMatch(LossOp::targetsFinite);
  }

  /** Returns the weighted sum of all losses. */
  double loss() {
    double sum = 0;
    for (LossOp loss : ops) {
      sum += loss.loss();
    }
    return sum;
  }

  /**
   * Adds the losses of the last forward pass to running sums over samples.
   *
   * @param sums receives each loss, multiplied by its number of samples
   * @param shares receives the number of samples of each loss; the number is fractional if labels
   *     are ignored
   */
  void add(double[] sums, double[] shares) {
    for (int i = 0; i < ops.length; i++) {
      sums[i] += ops[i].loss() * ops[i].share();
      shares[i] += ops[i].share();
    }
  }

  /**
   * Returns the number of predictions for the loaded samples, not counting ignored targets; 0 for
   * losses without accuracy.
   */
  long answers() {
    long sum = 0;
    for (LossOp loss : ops) {
      sum += loss.answers();
    }
    return sum;
  }

  /** Returns the number of predictions per sample, including ignored targets. */
  long mostAnswers() {
    long sum = 0;
    for (LossOp loss : ops) {
      sum += loss.mostAnswers();
    }
    return sum;
  }

  /** Returns the number of correct predictions for the loaded samples. */
  long correct() {
    long sum = 0;
    for (LossOp loss : ops) {
      sum += loss.correct();
    }
    return sum;
  }
}

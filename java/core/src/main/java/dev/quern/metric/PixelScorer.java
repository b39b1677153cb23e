package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The scorer that {@link Scorer#pixelClasses} and {@link Scorer#pixelMask} create. Its memory does
 * not depend on the number of pixels.
 */
final class PixelScorer implements Scorer {
  private final ClassNames classes;

  /** The number of output channels: one per class, or a single one for a mask. */
  private final int planes;

  private final float threshold;
  private final @Nullable Integer ignored;
  private final Pairs pairs;
  private long pixels;

  private PixelScorer(ClassNames classes, int planes, float threshold, @Nullable Integer ignored) {
    this.classes = classes;
    this.planes = planes;
    this.threshold = threshold;
    this.ignored = ignored;
    pairs = new Pairs(classes);
  }

  static PixelScorer classes(ClassNames classes, @Nullable Integer ignored) {
    return new PixelScorer(classes, classes.count(), 0, ignored);
  }

  static PixelScorer mask(ClassNames classes, Outputs outputs, @Nullable Integer ignored) {
    Require.present(classes.operation(), "outputs", outputs);
    return new PixelScorer(classes, 1, outputs == Outputs.LOGITS ? 0 : 0.5f, ignored);
  }

  private boolean isMask() {
    return planes < classes.count();
  }

  @Override
  public Scorer add(int samples, float[] outputs, int[] labels) {
    Require.present(classes.operation(), "labels", labels);
    int all = pixels(samples, outputs);
    Batches.requireAsMany(classes.operation(), "labels", labels.length, all);
    return add(samples, outputs, labels.clone(), all);
  }

  @Override
  public Scorer add(int samples, float[] outputs, float[] targets) {
    Batches.requireFinite(classes.operation(), "target", targets);
    int all = pixels(samples, outputs);
    if (targets.length == all) {
      return add(samples, outputs, indices(targets), all);
    }
    Batches.requireAsMany(classes.operation(), "targets", targets.length, outputs.length);
    each( // with probabilities, no pixel is ignored
        samples,
        all,
        (pixel, at, step) -> {
          pairs.add(answer(targets, at, step), answer(outputs, at, step));
          pixels++;
        });
    return this;
  }

  /** Returns the number of pixels in all samples of a batch. */
  private int pixels(int samples, float[] outputs) {
    Batches.requireFinite(classes.operation(), "output", outputs);
    if (samples < 0
        || samples == 0 && outputs.length > 0
        || samples > 0 && outputs.length % ((long) samples * planes) != 0) {
      throw new ShapeException(
          classes.operation()
              + ": "
              + outputs.length
              + " output values cannot be divided into "
              + samples
              + " samples of "
              + planes
              + " channels");
    }
    return outputs.length / planes;
  }

  private int[] indices(float[] targets) {
    int[] labels = Heap.ints(classes.operation(), targets.length);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) targets[i];
      boolean isShare = isMask() && targets[i] > 0 && targets[i] < 1;
      if (isShare) {
        labels[i] = targets[i] > 0.5f ? 1 : 0;
      } else if (labels[i] != targets[i]) {
        throw new InvalidArgumentException(
            classes.operation() + ": label " + targets[i] + " must be an integer");
      }
    }
    return labels;
  }

  private Scorer add(int samples, float[] outputs, int[] labels, int all) {
    for (int label : labels) {
      if (!isIgnored(label)) {
        classes.requireLabel(label);
      }
    }
    each(
        samples,
        all,
        (pixel, at, step) -> {
          if (!isIgnored(labels[pixel])) {
            pairs.add(labels[pixel], answer(outputs, at, step));
            pixels++;
          }
        });
    return this;
  }

  private boolean isIgnored(int label) {
    return ignored != null && ignored == label;
  }

  private int answer(float[] values, int at, int step) {
    return isMask() ? values[at] > threshold ? 1 : 0 : Batches.argmax(values, at, planes, step);
  }

  /**
   * A callback for a pixel, whose class values start at {@code first} and are {@code step} apart.
   */
  private interface Pixel {
    void at(int pixel, int first, int step);
  }

  private void each(int samples, int all, Pixel call) {
    int step = samples == 0 ? 0 : all / samples;
    for (int i = 0, pixel = 0; i < samples; i++) {
      for (int p = 0; p < step; p++) {
        call.at(pixel++, i * planes * step + p, step);
      }
    }
  }

  @Override
  public Report report() {
    classes.requireSome(pixels);
    ClassCounts counts = pairs.counts();
    Map<String, Double> all = new LinkedHashMap<>();
    all.put("pixel_accuracy", ClassCounts.share(ClassCounts.sum(counts.hits), pixels));
    all.put("mean_iou", counts.macro(counts::iou));
    all.put("mean_dice", counts.macro(counts::f1));
    return new Report(
        all,
        pairs.confusion(),
        classes.rows(
            c -> {
              Map<String, Double> of = new LinkedHashMap<>();
              of.put("precision", counts.precision(c));
              of.put("recall", counts.recall(c));
              of.put("iou", counts.iou(c));
              of.put("dice", counts.f1(c));
              return of;
            },
            c -> counts.labels[c]));
  }
}

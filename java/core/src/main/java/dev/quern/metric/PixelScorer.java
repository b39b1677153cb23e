package dev.quern.metric;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Heap;
import dev.quern.internal.Require;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** See {@link Scorer#pixelClasses}. Nothing is kept by pixel. */
final class PixelScorer implements Scorer {
  private final ClassNames classes;
  private final @Nullable Integer ignored;
  private final Pairs pairs;
  private long pixels;

  PixelScorer(ClassNames classes, @Nullable Integer ignored) {
    this.classes = classes;
    this.ignored = ignored;
    pairs = new Pairs(classes);
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
    int[] labels = Heap.ints(classes.operation(), all);
    each(samples, all, (pixel, at, step) -> labels[pixel] = argmax(targets, at, step));
    return add(samples, outputs, labels, all);
  }

  /** In the batch, all its samples together. */
  private int pixels(int samples, float[] outputs) {
    Batches.requireFinite(classes.operation(), "output", outputs);
    if (samples < 0
        || samples == 0 && outputs.length > 0
        || samples > 0 && outputs.length % ((long) samples * classes.count()) != 0) {
      throw new ShapeException(
          classes.operation()
              + ": "
              + outputs.length
              + " outputs are not "
              + samples
              + " samples of "
              + classes.count()
              + " planes");
    }
    return outputs.length / classes.count();
  }

  private int[] indices(float[] targets) {
    int[] labels = Heap.ints(classes.operation(), targets.length);
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) targets[i];
      if (labels[i] != targets[i]) {
        throw new InvalidArgumentException(
            classes.operation() + ": label " + targets[i] + " is not a whole number");
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
            pairs.add(labels[pixel], argmax(outputs, at, step));
            pixels++;
          }
        });
    return this;
  }

  private boolean isIgnored(int label) {
    return ignored != null && ignored == label;
  }

  private int argmax(float[] values, int at, int step) {
    return Batches.argmax(values, at, classes.count(), step);
  }

  /** A pixel, where its first class is, and how far the next one. */
  private interface Pixel {
    void at(int pixel, int first, int step);
  }

  private void each(int samples, int all, Pixel call) {
    int step = samples == 0 ? 0 : all / samples;
    for (int i = 0, pixel = 0; i < samples; i++) {
      for (int p = 0; p < step; p++) {
        call.at(pixel++, i * classes.count() * step + p, step);
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

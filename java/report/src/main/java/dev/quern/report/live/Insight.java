package dev.quern.report.live;

import dev.quern.data.MultiDataset;
import dev.quern.error.QuernException;
import dev.quern.predict.ModelData;
import dev.quern.report.data.ActivationData;
import dev.quern.report.measure.Activity;
import dev.quern.report.measure.Pause;
import dev.quern.report.measure.SamplePredictions;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Measurements for the live page that cost time on the training thread: gradient norms, and
 * predictions for samples. The measurements run only while a page is open, and so rarely that each
 * kind takes less than 0.5 % of the training time.
 */
public final class Insight {
  private static final long WATCHED_NANOS = 10_000_000_000L;
  private static final long LEAST_NANOS = 2_000_000_000L;

  private final Trainer trainer;
  private final @Nullable MultiDataset samples;
  private final Pause gradients = new Pause(LEAST_NANOS);
  private final Pause answers = new Pause(LEAST_NANOS);
  private volatile long askedNanos = System.nanoTime() - WATCHED_NANOS;
  private volatile List<Map<String, Object>> norms = List.of();
  private volatile List<Map<String, Object>> answered = List.of();
  private volatile List<Map<String, Object>> activity = List.of();

  public Insight(Trainer trainer, @Nullable MultiDataset samplesOrNull) {
    this.trainer = trainer;
    samples = samplesOrNull;
  }

  /** Records that an open page has requested data. */
  void asked() {
    askedNanos = System.nanoTime();
  }

  private boolean isWatched() {
    return System.nanoTime() - askedNanos < WATCHED_NANOS;
  }

  /**
   * Measures gradient norms if a page is open and the pause since the last measurement is over.
   * Called on the training thread after each step.
   */
  public void step() {
    if (isWatched() && gradients.isOver()) {
      long start = System.nanoTime();
      List<Map<String, Object>> all = new ArrayList<>();
      trainer.gradients().forEach((name, g) -> all.add(Map.of("name", name, "norm", norm(g))));
      norms = all;
      gradients.begin(System.nanoTime() - start);
    }
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float v : values) {
      sum += (double) v * v;
    }
    return Math.sqrt(sum);
  }

  private static Map<String, Object> shown(ActivationData a) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", a.layer());
    all.put("rms", a.rms());
    if (!Double.isNaN(a.dead())) {
      all.put("dead", a.dead());
    }
    return all;
  }

  /**
   * Computes predictions and activations if a page is open and the pause since the last measurement
   * is over. Called on the training thread after each epoch.
   */
  public void epoch(int epoch) {
    if (samples != null && isWatched() && answers.isOver()) {
      long start = System.nanoTime();
      try {
        ModelData data = trainer.modelData(Map.of());
        answered = SamplePredictions.of(data, samples);
        activity = Activity.of(epoch, data, samples).stream().map(Insight::shown).toList();
      } catch (QuernException e) {
        // for example, no memory for a second copy of the weights: the run is more important
      }
      answers.begin(System.nanoTime() - start);
    }
  }

  List<Map<String, Object>> norms() {
    return norms;
  }

  List<Map<String, Object>> activity() {
    return activity;
  }

  List<Map<String, Object>> answers() {
    return answered;
  }
}

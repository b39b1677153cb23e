package dev.quern.report.live;

import dev.quern.report.data.EpochData;
import dev.quern.report.data.StepData;
import dev.quern.report.measure.Epochs;
import dev.quern.report.measure.Steps;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a run. Thread-safe: the training thread updates it, and the server's threads read
 * it.
 */
public final class Progress {
  /**
   * Maximum number of points of a curve. It is small because the page requests all points
   * repeatedly.
   */
  private static final int POINTS = 512;

  private final Steps steps = new Steps(POINTS);
  private final List<EpochData> epochs = new ArrayList<>();
  private TrainingListener.@Nullable Step last;
  private long beginNanos;
  private double beginPart;
  private long images;
  private double loss = Double.NaN;
  private double accuracy = Double.NaN;
  private String state = "waiting";

  public synchronized void begin() {
    last = null;
    images = 0;
    state = "training";
  }

  public synchronized void add(TrainingListener.Step s) {
    double at = s.epoch() - 1 + (double) s.step() / s.steps();
    if (last == null) { // speed counts from the end of the first step
      beginNanos = System.nanoTime();
      beginPart = at / s.epochs();
    } else {
      images += s.images();
    }
    // averaged over about 50 steps, so that the number is readable
    loss = Double.isNaN(loss) ? s.loss() : loss + (s.loss() - loss) / 50;
    accuracy = Double.isNaN(accuracy) ? s.accuracy() : accuracy + (s.accuracy() - accuracy) / 50;
    steps.add(at, s.loss(), s.lr());
    last = s;
  }

  public synchronized void add(History.Epoch e) {
    epochs.add(Epochs.of(e, last == null ? Double.NaN : last.lr()));
  }

  public synchronized void end(History.@Nullable StopReason stopReasonOrNull) {
    state = stopReasonOrNull == null ? "failed" : stopReasonOrNull.name().toLowerCase(Locale.ROOT);
  }

  synchronized List<StepData> steps() {
    return steps.all();
  }

  synchronized List<EpochData> epochs() {
    return List.copyOf(epochs);
  }

  /** Returns the current values for the page, by name; unknown values are omitted. */
  synchronized Map<String, Object> figures() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("state", state);
    TrainingListener.Step s = last;
    if (s == null) {
      return all;
    }
    double part = (s.epoch() - 1 + (double) s.step() / s.steps()) / s.epochs();
    double seconds = (System.nanoTime() - beginNanos) * 1e-9;
    all.put("epoch", s.epoch());
    all.put("epochs", s.epochs());
    all.put("step", s.step());
    all.put("steps", s.steps());
    all.put("part", part);
    put(all, "loss", loss);
    put(all, "accuracy", accuracy);
    put(all, "lr", s.lr());
    put(all, "imagesPerSecond", images / seconds);
    put(all, "secondsLeft", (1 - part) / (part - beginPart) * seconds);
    return all;
  }

  private static void put(Map<String, Object> all, String name, double value) {
    if (Double.isFinite(value)) {
      all.put(name, value);
    }
  }
}

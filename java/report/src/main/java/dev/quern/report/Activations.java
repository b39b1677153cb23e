package dev.quern.report;

import dev.quern.data.MultiDataset;
import dev.quern.error.QuernException;
import dev.quern.internal.arguments.Require;
import dev.quern.report.data.ActivationData;
import dev.quern.report.measure.Activity;
import dev.quern.report.measure.Pause;
import dev.quern.train.History;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A training listener that records activation statistics of layers for a {@link RunReport}: the
 * magnitude of values, and the fraction of a ReLU's channels that are 0 for all samples (dead
 * units). The listener measures a few samples after the first and the last epoch. After other
 * epochs, it measures so rarely that the measurements take at most 0.5 % of the training time. Use
 * one instance per trainer; any thread may read the results.
 *
 * <pre>{@code
 * Activations activations = new Activations(trainer, validation);
 * trainer.fit(train, 5, activations);
 * }</pre>
 */
public final class Activations implements TrainingListener {
  private static final String OPERATION = "activations";

  private final Trainer trainer;
  private final MultiDataset samples;
  private final Pause pause = new Pause(0);
  private final List<ActivationData> measured = new ArrayList<>();

  /** The last completed epoch; 0 before the first is completed. */
  private int last;

  /**
   * Creates a listener.
   *
   * @param samples the samples, of which the first 32 are measured, or fewer if layers are large;
   *     training samples are allowed, since data sets are thread-safe
   */
  public Activations(Trainer trainer, MultiDataset samples) {
    this.trainer = Require.present(OPERATION, "trainer", trainer);
    Require.present(OPERATION, "samples", samples);
    this.samples = samples.slice(0, Math.min(Activity.SAMPLES, samples.size()));
  }

  @Override
  public synchronized void onEpoch(History.Epoch epoch) {
    last = Require.present(OPERATION, "epoch", epoch).epoch();
    if (pause.isOver()) {
      measure();
    }
  }

  /** Measures after the last epoch, unless that epoch is measured already. */
  @Override
  public synchronized void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    boolean seen = !measured.isEmpty() && measured.get(measured.size() - 1).epoch() == last;
    if (stopReasonOrNull != null && last > 0 && !seen) {
      measure();
    }
  }

  private void measure() {
    long start = System.nanoTime();
    try {
      measured.addAll(Activity.of(last, trainer.modelData(Map.of()), samples));
    } catch (QuernException e) {
      // for example, no memory for a second copy of the weights: the run is more important
    }
    pause.begin(System.nanoTime() - start);
  }

  synchronized List<ActivationData> measured() {
    return List.copyOf(measured);
  }
}

package dev.quern.report;

import dev.quern.internal.arguments.Require;
import dev.quern.report.data.EpochData;
import dev.quern.report.data.StepData;
import dev.quern.report.measure.Epochs;
import dev.quern.report.measure.Steps;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * A training listener that records the loss and learning rate of each step, and the results of each
 * epoch, for a {@link RunReport}. In a long run, consecutive steps are combined into one point, so
 * that there are at most 2,048 points. Use one instance per trainer; any thread may read the
 * results.
 *
 * <pre>{@code
 * Curves curves = new Curves();
 * History history = trainer.fit(train, 5, curves);
 * }</pre>
 */
public final class Curves implements TrainingListener {
  private final Steps steps = new Steps();
  private final List<EpochData> epochs = new ArrayList<>();
  private double lr = Double.NaN;

  /** Creates a listener that has not recorded anything. */
  public Curves() {}

  @Override
  public synchronized void onStep(Step step) {
    Require.present("curves", "step", step);
    lr = step.lr();
    steps.add(step.epoch() - 1 + step.step() / (double) step.steps(), step.loss(), lr);
  }

  @Override
  public synchronized void onEpoch(History.Epoch epoch) {
    epochs.add(Epochs.of(Require.present("curves", "epoch", epoch), lr));
  }

  synchronized List<StepData> steps() {
    return steps.all();
  }

  synchronized List<EpochData> epochs() {
    return List.copyOf(epochs);
  }
}

package dev.quern.fuzz.api;

import dev.quern.History;
import dev.quern.TrainingListener;

/** A listener that may do anything but listen. */
final class Listener implements TrainingListener {
  private final Mischief mischiefOrNull;

  Listener(Mischief mischiefOrNull) {
    this.mischiefOrNull = mischiefOrNull;
  }

  private void maybe(String where) {
    if (mischiefOrNull != null) {
      mischiefOrNull.maybe(where);
    }
  }

  @Override
  public void onStep(Step step) {
    maybe("onStep");
  }

  @Override
  public void onMetric(Metric metric) {
    maybe("onMetric");
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    maybe("onEpoch");
  }
}

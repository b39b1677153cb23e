package dev.quern.fuzz.api;

import dev.quern.train.History;
import dev.quern.train.TrainingListener;

/** A listener that may do anything but listen. */
final class Listener implements TrainingListener {
  private final Mischief mischiefOrNull;

  Listener(Mischief mischiefOrNull) {
    this.mischiefOrNull = mischiefOrNull;
  }

  private void maybe() {
    if (mischiefOrNull != null) {
      mischiefOrNull.maybe(false);
    }
  }

  @Override
  public void onBegin() {
    maybe();
  }

  @Override
  public void onEnd(History.StopReason stopReasonOrNull) {
    maybe();
  }

  @Override
  public void onStep(Step step) {
    maybe();
  }

  @Override
  public void onMetric(Metric metric) {
    maybe();
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    maybe();
  }
}

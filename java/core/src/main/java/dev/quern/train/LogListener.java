package dev.quern.train;

import dev.quern.internal.arguments.Require;
import java.util.Locale;

/** A listener that logs a line per epoch at INFO and a line per step at DEBUG. Not thread-safe. */
final class LogListener implements TrainingListener {
  private final System.Logger log;
  private final EpochText text = new EpochText();

  LogListener(System.Logger log) {
    this.log = log;
  }

  @Override
  public void onBegin() {
    text.begin();
  }

  @Override
  public void onStep(Step step) {
    text.add(Require.present("log", "step", step));
    log.log(System.Logger.Level.DEBUG, () -> line(step));
  }

  private String line(Step s) {
    return String.format(
        Locale.ROOT,
        "%s step %d/%d loss %.4f lr %s",
        text.epoch(s.epoch()),
        s.step(),
        s.steps(),
        s.loss(),
        s.lr());
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    String line = text.line(Require.present("log", "epoch", epoch));
    log.log(System.Logger.Level.INFO, line);
  }
}

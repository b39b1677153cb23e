package dev.quern.train;

import dev.quern.console.Bar;
import dev.quern.internal.arguments.Require;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/**
 * A listener that prints a line per epoch and, on a terminal, a progress bar below the lines. Not
 * thread-safe.
 */
final class ConsoleListener implements TrainingListener {
  private final PrintWriter out;
  private final Bar bar;
  private final EpochText text = new EpochText();

  /**
   * Creates a listener that prints to these writers.
   *
   * @param out the writer of lines
   * @param terminal the writer of the progress bar
   */
  ConsoleListener(PrintWriter out, PrintWriter terminal) {
    this.out = Require.present("console", "out", out);
    this.bar = new Bar(Require.present("console", "terminal", terminal), "images");
  }

  @Override
  public void onBegin() {
    text.begin();
  }

  @Override
  public void onStep(Step step) {
    text.add(Require.present("console", "step", step));
    if (bar.isShown()) {
      bar.to(text.epoch(step.epoch()), text.part(step), text.images(), text.loss());
    }
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    String line = text.line(Require.present("console", "epoch", epoch));
    bar.above(
        () -> {
          out.println(line);
          out.flush();
        });
  }

  /** Removes the progress bar from the terminal, even if training failed. */
  @Override
  public void onEnd(History.@Nullable StopReason stopReasonOrNull) {
    bar.close();
  }
}

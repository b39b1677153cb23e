package dev.quern.cli;

import dev.quern.metric.Evaluation;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.util.Locale;

/** Tells how training goes: a line an epoch, and a bar on a terminal. */
public final class TrainingReport implements TrainingListener, AutoCloseable {
  private final PrintWriter out;
  private final int epochs;
  private final Bar bar;

  /**
   * @param images in an epoch
   */
  public TrainingReport(PrintWriter out, PrintWriter err, int epochs, int images) {
    this(out, err, epochs, images, 0);
  }

  /**
   * @param images in an epoch
   * @param done images behind the run already, of all epochs
   */
  TrainingReport(PrintWriter out, PrintWriter err, int epochs, int images, long done) {
    this.out = out;
    this.epochs = epochs;
    this.bar = new Bar(err, "training", done, (long) epochs * images, " images", 1);
  }

  @Override
  public void onStep(Step s) {
    bar.add(s.images());
  }

  @Override
  public void onEpoch(History.Epoch e) {
    bar.above(
        () ->
            out.printf(
                Locale.ROOT,
                "epoch %d/%d loss %.4f accuracy %.4f seconds %.2f images/s %.0f%s%n",
                e.epoch(),
                epochs,
                e.loss(),
                e.accuracy(),
                e.seconds(),
                e.imagesPerSecond(),
                validation(e.validation())));
  }

  private static String validation(Evaluation e) {
    return e == null
        ? ""
        : String.format(Locale.ROOT, " validation loss %.4f accuracy %.4f", e.loss(), e.accuracy());
  }

  @Override
  public void close() {
    bar.close();
  }
}

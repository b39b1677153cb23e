package dev.quern.cli.train;

import dev.quern.console.Bar;
import dev.quern.train.History;
import dev.quern.train.TrainingListener;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A listener for terminals that prints a table with one row per epoch and, below the table, a
 * progress bar with loss, accuracy, speed and remaining time. At the end, it prints small curves of
 * the losses. Not thread-safe.
 */
final class EpochTable implements TrainingListener {
  /** Width of a curve in characters: two curves with their values fit into 80 columns. */
  private static final int CURVE_WIDTH = 20;

  private final PrintWriter out;
  private final Bar bar;
  private final List<Double> losses = new ArrayList<>();
  private final List<Double> validationLosses = new ArrayList<>();
  private boolean hasHead;
  private int epoch;
  private int epochs;

  /** Sum of the losses of the images in the current epoch. */
  private double lossSum;

  private double accuracySum;
  private long epochImages;

  /** Number of images in all steps. */
  private long images;

  EpochTable(PrintWriter out, PrintWriter terminal) {
    this.out = out;
    bar = new Bar(terminal, "images");
  }

  @Override
  public void onStep(Step s) {
    if (s.epoch() != epoch) {
      epoch = s.epoch();
      lossSum = 0;
      accuracySum = 0;
      epochImages = 0;
    }
    epochs = s.epochs();
    lossSum += s.loss() * s.images();
    accuracySum += s.accuracy() * s.images();
    epochImages += s.images();
    images += s.images();
    double part = (s.epoch() - 1 + (double) s.step() / s.steps()) / s.epochs();
    double accuracy = accuracySum / epochImages;
    String note =
        String.format(Locale.ROOT, "loss %.4f", lossSum / epochImages)
            + (Double.isNaN(accuracy) ? "" : String.format(Locale.ROOT, ", acc %.4f", accuracy));
    bar.to("epoch " + epoch + "/" + epochs, part, images, note);
  }

  @Override
  public void onEpoch(History.Epoch e) {
    bar.above(
        () -> {
          if (!hasHead) {
            hasHead = true;
            out.println(head(e));
          }
          out.println(row(e));
          out.flush();
        });
    losses.add(e.loss());
    e.validation().ifPresent(v -> validationLosses.add(v.loss()));
  }

  private static String head(History.Epoch e) {
    String validation = String.format(Locale.ROOT, " %10s %9s", "val loss", "val acc");
    return String.format(Locale.ROOT, "%9s %9s %9s", "epoch", "loss", "accuracy")
        + (e.validation().isPresent() ? validation : "")
        + String.format(Locale.ROOT, " %10s %9s", "images/s", "time");
  }

  private String row(History.Epoch e) {
    String number = e.epoch() + (epochs == 0 ? "" : "/" + epochs);
    return String.format(Locale.ROOT, "%9s %9.4f %9s", number, e.loss(), share(e.accuracy()))
        + e.validation()
            .map(v -> String.format(Locale.ROOT, " %10.4f %9s", v.loss(), share(v.accuracy())))
            .orElse("")
        + String.format(Locale.ROOT, " %,10.0f %9s", e.imagesPerSecond(), clock(e.seconds()));
  }

  /** Returns an accuracy as text; a dash for NaN, which means that the loss has no accuracy. */
  private static String share(double accuracy) {
    return Double.isNaN(accuracy) ? "-" : String.format(Locale.ROOT, "%.4f", accuracy);
  }

  private static String clock(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
  }

  @Override
  public void onEnd(History.StopReason stopReasonOrNull) {
    bar.close();
    if (losses.size() > 1 && Sparkline.isPrintable()) {
      out.println(
          curve("loss", losses)
              + (validationLosses.isEmpty() ? "" : "   " + curve("val loss", validationLosses)));
      out.flush();
    }
  }

  /** Returns a curve with its last value, for example {@code loss █▆▄▂▁ 0.2103}. */
  private static String curve(String name, List<Double> values) {
    return String.format(
        Locale.ROOT,
        "%s %s %.4f",
        name,
        Sparkline.of(values, CURVE_WIDTH),
        values.get(values.size() - 1));
  }
}

package dev.quern.cli.output;

import dev.quern.metric.Evaluation;
import java.util.Locale;

/** Formats an evaluation as one line of text. */
public final class EvaluationText {
  private EvaluationText() {}

  /** Returns the line, for example {@code accuracy 0.9123 loss 0.2710 images 10000}. */
  public static String of(Evaluation e) {
    return (Double.isNaN(e.accuracy())
            ? ""
            : String.format(Locale.ROOT, "accuracy %.4f ", e.accuracy()))
        + String.format(Locale.ROOT, "loss %.4f images %d", e.loss(), e.images());
  }
}

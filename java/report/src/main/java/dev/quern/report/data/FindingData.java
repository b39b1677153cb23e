package dev.quern.report.data;

import dev.quern.diagnostics.Finding;
import java.util.Locale;

/**
 * A likely problem of the data or the training.
 *
 * @param kind the kind of problem in lower case, for example {@code overfitting}
 * @param message the description of the problem
 * @param advice the suggested remedy
 */
public record FindingData(String kind, String message, String advice) {
  public static FindingData of(Finding finding) {
    return new FindingData(
        finding.kind().name().toLowerCase(Locale.ROOT), finding.message(), finding.advice());
  }
}

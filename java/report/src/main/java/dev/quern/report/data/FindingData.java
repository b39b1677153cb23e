package dev.quern.report.data;

import dev.quern.diagnostics.Finding;
import java.util.Locale;

/**
 * A likely problem of data or training.
 *
 * @param kind in lower case, for example {@code overfitting}
 * @param message what was found
 * @param advice what helps
 */
public record FindingData(String kind, String message, String advice) {
  public static FindingData of(Finding finding) {
    return new FindingData(
        finding.kind().name().toLowerCase(Locale.ROOT), finding.message(), finding.advice());
  }
}

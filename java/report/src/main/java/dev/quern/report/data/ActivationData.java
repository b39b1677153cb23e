package dev.quern.report.data;

/**
 * What a layer said to a few samples, behind an epoch.
 *
 * @param rms root of the mean square of all its values
 * @param dead share of its channels, or features, that are 0 for all samples; NaN where the layer's
 *     0 says nothing
 */
public record ActivationData(int epoch, String layer, String type, double rms, double dead) {
  public ActivationData {
    if (layer == null || type == null) {
      throw new IllegalArgumentException("a layer's name or type is missing");
    }
  }
}

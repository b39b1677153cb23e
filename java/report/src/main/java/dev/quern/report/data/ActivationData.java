package dev.quern.report.data;

/**
 * Activation statistics of a layer after an epoch, measured on a few samples.
 *
 * @param rms the root mean square of all values
 * @param dead the fraction of channels or features that are 0 for all samples (dead units); NaN for
 *     layers other than ReLU
 */
public record ActivationData(int epoch, String layer, String type, double rms, double dead) {
  public ActivationData {
    if (layer == null || type == null) {
      throw new IllegalArgumentException("a layer's name or type is missing");
    }
  }
}

package dev.quern.quantize;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Report of a quantization.
 *
 * @param layers all convolutions and fully connected layers, in the network's order
 * @param images number of calibration images
 * @param bytesBefore size of all weights in float32, in bytes
 * @param bytesAfter size of all weights after quantization, in bytes
 * @param accuracyBefore accuracy of the float model on the held-out samples, in [0, 1]; NaN without
 *     held-out samples
 * @param accuracyAfter accuracy of the quantized model on the held-out samples, in [0, 1]; NaN
 *     without held-out samples
 */
public record QuantizationReport(
    List<LayerError> layers,
    int images,
    long bytesBefore,
    long bytesAfter,
    double accuracyBefore,
    double accuracyAfter) {
  public QuantizationReport {
    layers = Require.all("quantization report", "layers", layers);
    if (images < 0 || bytesBefore < 0 || bytesAfter < 0) {
      throw new InvalidArgumentException(
          "quantization report: images "
              + images
              + ", bytes before "
              + bytesBefore
              + " and bytes after "
              + bytesAfter
              + " must be at least 0");
    }
  }

  /**
   * Quantization error of one layer. Signal-to-noise ratios (SNR) are in dB: the mean square of the
   * layer's float output, divided by the mean square of the error; 6 dB correspond to one bit.
   *
   * @param name name of the layer
   * @param type type of the float layer
   * @param quantized whether the layer is quantized; otherwise the following values are NaN
   * @param ownSnr SNR if only this layer and its inputs are quantized
   * @param snr SNR if all earlier layers are quantized, too
   * @param accuracyAlone accuracy on the held-out samples if only this layer is quantized; NaN if
   *     not requested
   */
  public record LayerError(
      String name,
      String type,
      boolean quantized,
      double ownSnr,
      double snr,
      double accuracyAlone) {
    public LayerError {
      Require.present("layer error", "name", name);
      Require.present("layer error", "type", type);
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%s %s%s",
          name,
          type,
          quantized
              ? String.format(Locale.ROOT, " %.1f dB, alone %.1f dB", snr, ownSnr)
              : " float");
    }
  }

  /** Returns the number of quantized layers. */
  public int quantized() {
    return (int) layers.stream().filter(LayerError::quantized).count();
  }

  /**
   * Returns the quantized layers with the lowest {@link LayerError#ownSnr}, in ascending order.
   *
   * @param most maximum number of layers
   */
  public List<LayerError> worst(int most) {
    return layers.stream()
        .filter(LayerError::quantized)
        .sorted(Comparator.comparingDouble(LayerError::ownSnr))
        .limit(Math.max(0, most))
        .toList();
  }

  /**
   * Returns a line with the number of layers and the sizes, and a second line with accuracies if
   * they were measured.
   */
  @Override
  public String toString() {
    String text =
        String.format(
            Locale.ROOT,
            "%d of %d layers quantized, weights %,d bytes, were %,d",
            quantized(),
            layers.size(),
            bytesAfter,
            bytesBefore);
    return Double.isNaN(accuracyAfter)
        ? text
        : text
            + String.format(
                Locale.ROOT, ", accuracy %.4f, was %.4f", accuracyAfter, accuracyBefore);
  }
}

package dev.quern.quantize;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * What quantization did to a network.
 *
 * @param layers all convolutions and fully connected layers, in the network's order
 * @param images that were looked at
 * @param bytesBefore that all weights take in floats
 * @param bytesAfter that they take now
 * @param accuracyBefore of the floats on the held-out samples, in [0, 1]; NaN where there are none
 * @param accuracyAfter of the quantized network on them
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
              + " and bytes "
              + bytesBefore
              + " and "
              + bytesAfter
              + " must be at least 0");
    }
  }

  /**
   * What a layer loses. Signal to noise is the mean square of what the layer gives in floats by
   * that of the difference; 6 dB are a bit.
   *
   * @param name of the layer
   * @param type of the layer in floats
   * @param quantized whether it is; one that stays in floats has NaN for the rest
   * @param ownSnr where only this layer and what it reads are rounded, in dB
   * @param snr where all before it are quantized, too, in dB
   * @param accuracyAlone on the held-out samples where only this layer is quantized; NaN where that
   *     was not asked for
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

  /** How many layers are quantized. */
  public int quantized() {
    return (int) layers.stream().filter(LayerError::quantized).count();
  }

  /** The quantized layers that lose most by themselves, worst first. */
  public List<LayerError> worst(int most) {
    return layers.stream()
        .filter(LayerError::quantized)
        .sorted(Comparator.comparingDouble(LayerError::ownSnr))
        .limit(Math.max(0, most))
        .toList();
  }

  /** A line of counts and bytes, and one of accuracies where they are known. */
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

package dev.quern.onnx.graph;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Layer;
import dev.quern.layer.Quantized;
import java.util.Map;
import java.util.function.BiFunction;

/** The conversion of a file's 8-bit weights to quantized layers, which store them as integers. */
public final class WholeWeights {
  private WholeWeights() {}

  /**
   * Returns a quantized layer if the weights are integers times a scale per output channel,
   * otherwise the equivalent float layer. If the largest |weight - zero point| is 128 to 254, each
   * weight is stored as the sum of two int8 values; if it is 255, the layer remains a float layer.
   *
   * @param own the layer's weights, to which the scales are added
   */
  public static <L extends Layer> Layer layer(
      L plain,
      BiFunction<L, Integer, Quantized> quantized,
      Const weight,
      Map<String, float[]> own) {
    float[] scales = weight.scales();
    if (scales == null) {
      return plain;
    }
    for (int quantMax : new int[] {Quantized.LARGEST, Quantized.WIDEST}) {
      if (areWhole(own.get("weight"), scales, quantMax)) {
        own.put(Quantized.SCALE, scales);
        return quantized.apply(plain, quantMax);
      }
    }
    return plain;
  }

  private static boolean areWhole(float[] values, float[] scales, int quantMax) {
    try {
      Quantized.toIntegers("weight", values, scales, quantMax);
      return true;
    } catch (InvalidArgumentException e) {
      return false;
    }
  }
}

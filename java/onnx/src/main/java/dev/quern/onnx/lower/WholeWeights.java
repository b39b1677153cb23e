package dev.quern.onnx.lower;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Layer;
import dev.quern.layer.Quantized;
import dev.quern.onnx.graph.Const;
import java.util.Map;
import java.util.function.BiFunction;

/** Weights that a file keeps as bytes stay whole numbers. */
final class WholeWeights {
  private WholeWeights() {}

  /**
   * The layer of quantized weights where they are whole numbers times a scale for each output
   * channel, else the layer of floats, which computes the same. Bytes less a zero point may be up
   * to 255 from 0, and then take two bytes each, if they are none of them 255.
   *
   * @param own the layer's weights, which get the scales
   */
  static <L extends Layer> Layer layer(
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
      Quantized.whole("weight", values, scales, quantMax);
      return true;
    } catch (InvalidArgumentException e) {
      return false;
    }
  }
}

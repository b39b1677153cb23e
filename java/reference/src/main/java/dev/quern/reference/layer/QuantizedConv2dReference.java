package dev.quern.reference.layer;

import dev.quern.layer.Conv2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link QuantizedConv2d} as it runs in int8, with results that are
 * bit-identical to the native ones: sums are integers, which are exact in double precision, and
 * later operations are rounded to floats.
 */
public final class QuantizedConv2dReference {
  private QuantizedConv2dReference() {}

  /** Quantizes numbers to steps: {@code clamp(round(x / scale) + zeroPoint) - zeroPoint}. */
  public static NdArray steps(FakeQuantize quantize, NdArray numbers) {
    Require.present("quantized_conv2d", "quantize, numbers", quantize, numbers);
    NdArray steps = new NdArray(numbers.shape());
    for (int i = 0; i < steps.size(); i++) {
      steps.set(i, clamped(quantize, (float) Math.rint((float) numbers.get(i) / quantize.scale())));
    }
    return steps;
  }

  private static double clamped(FakeQuantize q, float step) {
    return Math.max(q.quantMin() - q.zeroPoint(), Math.min(q.quantMax() - q.zeroPoint(), step));
  }

  /** Returns the numbers that steps represent. */
  public static NdArray numbers(FakeQuantize quantize, NdArray steps) {
    Require.present("quantized_conv2d", "quantize, steps", quantize, steps);
    NdArray numbers = new NdArray(steps.shape());
    for (int i = 0; i < steps.size(); i++) {
      numbers.set(i, (float) steps.get(i) * quantize.scale());
    }
    return numbers;
  }

  /**
   * Computes the values before rounding: {@code min(max(sum * scale + shift + add, low), high)}.
   *
   * @param steps integers, {@code [N, C, H, W]}
   * @param weight integers, OIHW
   * @param scale one value per output channel, as for shift
   * @param addOrNull floats, of the output's shape
   */
  public static NdArray forward(
      Conv2d layer,
      NdArray steps,
      NdArray weight,
      float[] scale,
      float[] shift,
      @Nullable NdArray addOrNull,
      float low,
      float high) {
    Require.present(
        "quantized_conv2d",
        "layer, steps, weight, scale, shift",
        layer,
        steps,
        weight,
        scale,
        shift);
    NdArray sums = Conv2dReference.forward(layer.bias(false), steps, weight, null);
    int plane = sums.dim(2) * sums.dim(3);
    for (int i = 0; i < sums.size(); i++) {
      int c = i / plane % sums.dim(1);
      float scaled = (float) sums.get(i) * scale[c];
      float value = scaled + shift[c];
      value = addOrNull == null ? value : value + (float) addOrNull.get(i);
      sums.set(i, Math.min(Math.max(value, low), high));
    }
    return sums;
  }
}

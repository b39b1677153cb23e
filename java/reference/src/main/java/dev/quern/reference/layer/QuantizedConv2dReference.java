package dev.quern.reference.layer;

import dev.quern.layer.Conv2d;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link QuantizedConv2d} in int8, bit-identical to the native
 * implementation: sums are integers, which double precision represents exactly, and the result of
 * each operation on a sum is rounded to float.
 */
public final class QuantizedConv2dReference {
  private QuantizedConv2dReference() {}

  /** Quantizes numbers to integers: {@code clamp(round(x / scale) + zeroPoint) - zeroPoint}. */
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

  /** Dequantizes integers that {@link #steps} returned: {@code integer * scale}. */
  public static NdArray numbers(FakeQuantize quantize, NdArray steps) {
    Require.present("quantized_conv2d", "quantize, steps", quantize, steps);
    NdArray numbers = new NdArray(steps.shape());
    for (int i = 0; i < steps.size(); i++) {
      numbers.set(i, (float) steps.get(i) * quantize.scale());
    }
    return numbers;
  }

  /**
   * Computes the output before quantization: {@code min(max(sum * scale + shift + add, low),
   * high)}, where sum is the convolution.
   *
   * @param steps quantized input, {@code [N, C, H, W]}, as {@link #steps(FakeQuantize, NdArray)}
   *     returns it
   * @param weight quantized weight, OIHW
   * @param scale one value per output channel
   * @param shift one value per output channel
   * @param addOrNull floats of the output's shape that are added, or null
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

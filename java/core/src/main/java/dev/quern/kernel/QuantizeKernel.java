package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Conversion between floats and bytes, where a byte represents {@code (byte - zero) * scale}. */
public final class QuantizeKernel {
  private QuantizeKernel() {}

  /** Quantizes floats, rounding halves to even and clamping to {@code [low, high]}. */
  public static void quantize(
      long n, Pointer src, float scale, int zero, int low, int high, Pointer dst) {
    Status.check(Quern.quern_quantize(n, src, scale, zero, low, high, dst));
  }

  public static void dequantize(long n, Pointer src, float scale, int zero, Pointer dst) {
    Status.check(Quern.quern_dequantize(n, src, scale, zero, dst));
  }

  /**
   * Quantizes weights with {@code n} values per channel, by the rule of {@link
   * dev.quern.layer.Quantized#round}.
   *
   * @param scales receives one scale per channel
   * @param roundedOrNull receives the quantized weights as floats; may be null
   * @param stepsOrNull receives the quantized weights as int8; may be null
   */
  public static void weights(
      long channels,
      long n,
      FloatPointer src,
      FloatPointer scales,
      FloatPointer roundedOrNull,
      Pointer stepsOrNull) {
    Status.check(
        Quern.quern_quantize_weights(channels, n, src, scales, roundedOrNull, stepsOrNull));
  }
}

package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Conversion of floats to bytes that represent {@code (byte - zero) * scale}, and back. */
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
   * Rounds weights of {@code n} values per channel as {@link dev.quern.layer.Quantized#round} does.
   *
   * @param scales receives a scale for each channel
   * @param roundedOrNull receives the rounded values; null if not needed
   * @param stepsOrNull receives the integers as int8; null if not needed
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

package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Floats to bytes that stand for {@code (byte - zero) * scale}, and back. */
public final class QuantizeKernel {
  private QuantizeKernel() {}

  /** Rounds halves to the even byte; no byte is below {@code low} or above {@code high}. */
  public static void quantize(
      long n, Pointer src, float scale, int zero, int low, int high, Pointer dst) {
    Status.check(Quern.quern_quantize(n, src, scale, zero, low, high, dst));
  }

  public static void dequantize(long n, Pointer src, float scale, int zero, Pointer dst) {
    Status.check(Quern.quern_dequantize(n, src, scale, zero, dst));
  }

  /**
   * Weights of {@code n} values a channel, rounded as {@link dev.quern.layer.Quantized#round} does.
   *
   * @param scales receives one for each channel
   * @param roundedOrNull receives the rounded values
   * @param stepsOrNull receives the whole numbers, a signed byte each
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

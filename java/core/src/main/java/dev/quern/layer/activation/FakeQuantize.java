package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Fake quantization, which rounds and clamps values as a quantized network does: {@code
 * (clamp(round(x / scale) + zeroPoint, quantMin, quantMax) - zeroPoint) * scale}, rounding halves
 * to even. The derivative is 1 for values that are not clamped (straight-through) and 0 for clamped
 * ones. Jacob et al., "Quantization and Training of Neural Networks for Efficient
 * Integer-Arithmetic-Only Inference", 2018.
 *
 * @param scale the difference between adjacent quantized values
 * @param zeroPoint the integer that represents 0
 * @param quantMin the smallest integer, such as -128
 * @param quantMax the largest integer, such as 127
 */
public record FakeQuantize(float scale, int zeroPoint, int quantMin, int quantMax)
    implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<FakeQuantize> TYPE =
      LayerType.of("fake_quantize", FakeQuantize.class)
          .number("scale", FakeQuantize::scale)
          .integer("zero_point", FakeQuantize::zeroPoint)
          .integer("quant_min", FakeQuantize::quantMin)
          .integer("quant_max", FakeQuantize::quantMax)
          .made(
              v ->
                  new FakeQuantize(
                      v.number("scale"),
                      v.integer("zero_point"),
                      v.integer("quant_min"),
                      v.integer("quant_max")));

  /**
   * Checks the arguments.
   *
   * @throws InvalidArgumentException if the scale is not positive, its reciprocal overflows float,
   *     or {@code quantMin <= zeroPoint <= quantMax} does not hold
   */
  public FakeQuantize {
    Checks.divisor("fake_quantize", "scale", scale);
    if (zeroPoint < quantMin || zeroPoint > quantMax) {
      throw new InvalidArgumentException(
          "fake_quantize: zero_point "
              + zeroPoint
              + " is outside [quant_min "
              + quantMin
              + ", quant_max "
              + quantMax
              + "]");
    }
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  /** Returns the scale, {@code quantMin - zeroPoint} and {@code quantMax - zeroPoint}. */
  @Override
  public float[] coefficients() {
    return new float[] {
      scale, (float) ((long) quantMin - zeroPoint), (float) ((long) quantMax - zeroPoint)
    };
  }
}

package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Rounds as a quantized network does: {@code (clamp(round(x / scale) + zeroPoint, quantMin,
 * quantMax) - zeroPoint) * scale}, where halves round to the even number. The derivative is 1 where
 * nothing is clamped, as if there were no rounding, and 0 elsewhere. Jacob et al., "Quantization
 * and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference", 2018.
 *
 * @param scale from one quantized value to the next
 * @param zeroPoint the quantized value that stands for 0
 * @param quantMin the least quantized value, such as -128
 * @param quantMax the largest, such as 127
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
   * @throws InvalidArgumentException if the scale is not positive, or has no reciprocal among
   *     floats, or {@code quantMin <= zeroPoint <= quantMax} does not hold
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

  /** The scale, and what the bounds are to the zero point. */
  @Override
  public float[] coefficients() {
    return new float[] {
      scale, (float) ((long) quantMin - zeroPoint), (float) ((long) quantMax - zeroPoint)
    };
  }
}

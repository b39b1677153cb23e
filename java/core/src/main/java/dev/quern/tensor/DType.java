package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.internal.arguments.Require;

/**
 * Floating-point types of a model's weights, named as in safetensors. Computation is in float32,
 * which can represent all values of the other types.
 */
public enum DType {
  /** IEEE 754 single precision: 4 bytes. */
  F32(Float.BYTES, Float.MAX_VALUE),
  /** bfloat16, the upper 16 bits of an F32: 8 significant bits, values up to 3.39e38. */
  BF16(Short.BYTES, 0x1.fep127f),
  /** IEEE 754 half precision: 11 significant bits (fewer below 6.1e-5), values up to 65,504. */
  F16(Short.BYTES, 65504);

  private static final int F16_SHIFT = 13;
  private static final int F16_BIAS = (127 - 15) << 23;

  /** The smallest positive normal F16. */
  private static final float F16_NORMAL = 0x1p-14f;

  /** The smallest positive F16, which is the spacing of subnormal numbers. */
  private static final float F16_UNIT = 0x1p-24f;

  /** The bits of F16's infinity, which are also the mask of its exponent. */
  private static final int F16_INFINITE = 0x7c00;

  private final int bytes;
  private final float max;

  DType(int bytes, float max) {
    this.bytes = bytes;
    this.max = max;
  }

  /** Returns the number of bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** Returns the largest finite number of the type. */
  public float max() {
    return max;
  }

  /**
   * Rounds to the nearest number of the type, ties to even. Numbers that round to more than {@link
   * #max} become infinite; NaN remains NaN.
   */
  public float round(float x) {
    return switch (this) {
      case F32 -> x;
      case BF16 -> Float.isNaN(x) ? x : Float.intBitsToFloat(bits(x) << Short.SIZE);
      case F16 -> Float.isNaN(x) ? x : ofF16(bits(x));
    };
  }

  /**
   * Rounds each value as {@link #round(float)} does.
   *
   * @param name name of the array, for the exception's message
   * @return a new array, or {@code values} itself for F32
   * @throws NumericException if a rounded value is infinite; the message contains name and index
   */
  public float[] round(String name, float[] values) {
    Require.present("round", "name", name);
    Require.present("round", "values", values);
    if (this == F32) {
      return values;
    }
    float[] all = new float[values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = round(values[i]);
      if (Float.isInfinite(all[i])) {
        throw new NumericException(
            name
                + " has "
                + values[i]
                + " at index "
                + i
                + ", the largest "
                + name()
                + " is "
                + max);
      }
    }
    return all;
  }

  /**
   * Rounds a number as {@link #round(float)} does and returns its 16 bits.
   *
   * @throws InvalidArgumentException if this is F32, which has 32 bits
   */
  public short bits16(float x) {
    if (this == F32) {
      throw without16();
    }
    return (short) bits(x);
  }

  /**
   * Returns the number that these 16 bits represent in this type.
   *
   * @throws InvalidArgumentException if this is F32, which has 32 bits
   */
  public float ofBits16(short bits) {
    return switch (this) {
      case F32 -> throw without16();
      case BF16 -> Float.intBitsToFloat(bits << Short.SIZE);
      case F16 -> ofF16(bits);
    };
  }

  private static InvalidArgumentException without16() {
    return new InvalidArgumentException("dtype: F32 has 32 bits, not 16");
  }

  private int bits(float x) {
    int all = Float.floatToRawIntBits(x);
    return this == BF16 ? bf16(x, all) : all >>> Short.SIZE & 0x8000 | f16(Math.abs(x));
  }

  private static int bf16(float x, int all) {
    return Float.isNaN(x) ? all >>> Short.SIZE | 0x40 : all + 0x7fff + (all >>> 16 & 1) >>> 16;
  }

  /** Converts a non-negative number to the bits of an F16. */
  private static int f16(float x) {
    if (Float.isNaN(x)) {
      return F16_INFINITE | 0x200;
    }
    if (x < F16_NORMAL) {
      return (int)
          Math.rint((double) (x / F16_UNIT)); // the quotient is exact; 1024 is a normal F16
    }
    if (x >= 65520) { // rounds up to 2^16, which F16 cannot represent
      return F16_INFINITE;
    }
    int all = Float.floatToRawIntBits(x) - F16_BIAS;
    return all + 0xfff + (all >>> F16_SHIFT & 1) >>> F16_SHIFT;
  }

  private static float ofF16(int bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = bits & F16_INFINITE;
    int fraction = bits & 0x3ff;
    if (exponent == 0) { // zero or subnormal in F16, but normal in F32
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(fraction * F16_UNIT));
    }
    // infinity and NaN get F32's largest exponent
    int bias = exponent == F16_INFINITE ? 2 * F16_BIAS : F16_BIAS;
    return Float.intBitsToFloat(sign | ((exponent | fraction) << F16_SHIFT) + bias);
  }
}

package dev.quern.plan.memory;

import dev.quern.kernel.ByteKernel;
import dev.quern.layer.activation.FakeQuantize;

/**
 * The data type of a value's elements: float32, bf16, or a byte q that represents {@code (q - zero)
 * * scale}.
 *
 * @param bytes the size of an element in bytes: 4, 2 or 1
 * @param scale the scale; 1 for float32 and bf16
 * @param zero the zero point; 0 for float32 and bf16
 * @param low the smallest allowed byte
 * @param high the largest allowed byte
 */
public record ElementType(int bytes, float scale, int zero, int low, int high) {
  public static final ElementType F32 = new ElementType(Float.BYTES, 1, 0, 0, 0);
  public static final ElementType BF16 = new ElementType(Short.BYTES, 1, 0, 0, 0);

  private static final int STEPS = 255;

  /** Maximum ratio of two scales; equal to the limit in {@code quern.h}. */
  private static final double MOST_STEPS = 0x1p100;

  /**
   * Returns whether a fake quantization has at most 256 levels, so that its values can be stored as
   * bytes.
   */
  public static boolean fits(FakeQuantize q) {
    return (long) q.quantMax() - q.quantMin() <= STEPS;
  }

  /**
   * Returns the byte type of a fake quantization with at most 256 levels; byte 0 represents the
   * smallest level.
   */
  public static ElementType of(FakeQuantize q) {
    return new ElementType(
        1, q.scale(), q.zeroPoint() - q.quantMin(), 0, q.quantMax() - q.quantMin());
  }

  /**
   * Returns this type, with its bytes limited to the range of ReLU or ReLU6 if either parameter is
   * true.
   */
  public ElementType bounded(boolean relu, boolean relu6) {
    if (!relu && !relu6) {
      return this;
    }
    double most = relu6 ? Math.rint((double) (6 / scale)) + zero : high;
    return new ElementType(bytes, scale, zero, Math.max(low, zero), (int) Math.min(high, most));
  }

  /**
   * Returns whether kernels can convert values with another scale to this type without overflow.
   *
   * @param of the other scale
   */
  public boolean takesSteps(double of) {
    return of / scale <= MOST_STEPS;
  }

  public ByteKernel.Steps steps() {
    return new ByteKernel.Steps(scale, zero, low, high);
  }

  public boolean isByte() {
    return bytes == 1;
  }

  public boolean isBf16() {
    return bytes == Short.BYTES;
  }
}

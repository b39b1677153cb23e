package dev.quern.plan.memory;

import dev.quern.kernel.ByteKernel;
import dev.quern.layer.activation.FakeQuantize;

/**
 * The type of elements: float, or a byte q that represents {@code (q - zero) * scale}.
 *
 * @param low the smallest byte
 * @param high the largest byte
 */
public record ElementType(int bytes, float scale, int zero, int low, int high) {
  public static final ElementType F32 = new ElementType(Float.BYTES, 1, 0, 0, 0);

  private static final int STEPS = 255;

  /** Maximum ratio of two scales, as in {@code quern.h}. */
  private static final double MOST_STEPS = 0x1p100;

  /** Returns whether quantized values fit a byte. */
  public static boolean fits(FakeQuantize q) {
    return (long) q.quantMax() - q.quantMin() <= STEPS;
  }

  /** Returns the type whose bytes count from the smallest quantized value. */
  public static ElementType of(FakeQuantize q) {
    return new ElementType(
        1, q.scale(), q.zeroPoint() - q.quantMin(), 0, q.quantMax() - q.quantMin());
  }

  /** Returns this type limited to the range of ReLU or ReLU6. */
  public ElementType bounded(boolean relu, boolean relu6) {
    if (!relu && !relu6) {
      return this;
    }
    double most = relu6 ? Math.rint((double) (6 / scale)) + zero : high;
    return new ElementType(bytes, scale, zero, Math.max(low, zero), (int) Math.min(high, most));
  }

  /** Returns whether kernels can convert steps of a size to steps of this type without overflow. */
  public boolean takesSteps(double of) {
    return of / scale <= MOST_STEPS;
  }

  public ByteKernel.Steps steps() {
    return new ByteKernel.Steps(scale, zero, low, high);
  }

  public boolean isByte() {
    return bytes == 1;
  }
}

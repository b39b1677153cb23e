package dev.quern.kernel.optim;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/** Vector arithmetic on arrays of weights or gradients. */
public final class VectorKernel {
  private VectorKernel() {}

  public static void scale(long n, double factor, FloatPointer x) {
    Status.check(Quern.quern_scale(n, factor, x));
  }

  /** Clips each element to {@code [-limit, limit]}. */
  public static void clip(long n, double limit, FloatPointer x) {
    Status.check(Quern.quern_clip(n, limit, x));
  }

  /** Computes {@code y += weight * (x - y)}. */
  public static void lerp(long n, double weight, FloatPointer x, FloatPointer y) {
    Status.check(Quern.quern_lerp(n, weight, x, y));
  }

  public static void sumSquares(long n, FloatPointer x, DoublePointer result) {
    Status.check(Quern.quern_sum_squares(n, x, result));
  }

  /**
   * Fills an array with uniform random numbers in {@code [-bound, bound)}.
   *
   * @param part index of the random sequence of this seed
   */
  public static void uniform(long n, long seed, long part, float bound, FloatPointer dst) {
    Status.check(Quern.quern_uniform(n, seed, part, bound, dst));
  }
}

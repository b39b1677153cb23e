package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Conversion between float32 and bfloat16. */
public final class CastKernel {
  private CastKernel() {}

  /** Rounds {@code n} floats to the nearest bfloat16 values, ties to even. */
  public static void toBf16(long n, Pointer src, Pointer dst) {
    cast(n, Quern.QUERN_F32, src, Quern.QUERN_BF16, dst);
  }

  /** Converts {@code n} bfloat16 values to floats, exactly. */
  public static void fromBf16(long n, Pointer src, Pointer dst) {
    cast(n, Quern.QUERN_BF16, src, Quern.QUERN_F32, dst);
  }

  private static void cast(long n, long from, Pointer src, long to, Pointer dst) {
    Status.check(Quern.quern_cast(n, from, src, to, dst));
  }
}

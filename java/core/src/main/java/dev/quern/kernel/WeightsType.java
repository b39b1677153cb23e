package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.tensor.DType;

/** Native constants for the types of weights. */
public final class WeightsType {
  private WeightsType() {}

  public static long of(DType type) {
    return switch (type) {
      case F32 -> Quern.QUERN_F32;
      case BF16 -> Quern.QUERN_BF16;
      case F16 -> Quern.QUERN_F16;
    };
  }
}

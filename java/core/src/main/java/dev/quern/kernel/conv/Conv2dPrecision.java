package dev.quern.kernel.conv;

import dev.quern.bindings.Quern;

/** How exact the products of a convolution's float32 factors are: {@code quern_precisions}. */
public enum Conv2dPrecision {
  DEFAULT(Quern.QUERN_PRECISION_DEFAULT),
  STRICT(Quern.QUERN_PRECISION_STRICT),
  HIGH(Quern.QUERN_PRECISION_HIGH),
  BF16(Quern.QUERN_PRECISION_BF16);

  final int code;

  Conv2dPrecision(int code) {
    this.code = code;
  }

  /** Returns whether products may be less exact than those of float32. */
  public boolean rounds() {
    return this == HIGH || this == BF16;
  }
}
